"""A site of which an advert was learned."""

import pytest
from tests.boilerplate.pages import ADVERT, BODY, SITE

from syndicate.boilerplate import SiteTemplates


@pytest.fixture(scope="session")
def templates():
    learned = SiteTemplates()
    for number, line in enumerate(BODY):
        learned.learn(SITE, f"{line} Bài thứ {number}.\n{ADVERT}")
    return learned
