"""Every store, each test on a fresh one; Redis is a real server that the tests start."""

import pytest
from tests.redis_server import redis_server, redis_url  # noqa: F401 - fixtures

from syndicate.store import open_store


@pytest.fixture(params=["memory", "sqlite", "redis"])
def place(request, tmp_path):
    if request.param == "memory":
        return "memory:"
    if request.param == "sqlite":
        return str(tmp_path / "seen.db")
    return request.getfixturevalue("redis_url")


@pytest.fixture
def store(place):
    opened = open_store(place)
    yield opened
    opened.close()
