"""Every index, each test on a fresh one; Redis is a real server that the tests start."""

import pytest
from tests.redis_server import redis_server, redis_url  # noqa: F401 - fixtures

from syndicate.config import Config
from syndicate.index import Index

PLAIN = Config(strip="none")


@pytest.fixture(params=["memory", "sqlite", "redis"])
def place(request, tmp_path):
    if request.param == "memory":
        return "memory:"
    if request.param == "sqlite":
        return str(tmp_path / "seen.db")
    return request.getfixturevalue("redis_url")


@pytest.fixture
def index(place):
    with Index.open(place, config=PLAIN) as opened:
        yield opened
