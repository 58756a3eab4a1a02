"""The HTTP service: as a server, and fuzzed against its own description."""

import json
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from tests.redis_server import free_port

from syndicate.cli import service
from syndicate.config import Config
from syndicate.index import Index

STORY = (
    "The harbour master of Port Ellery said on Monday that the old lighthouse will be lit again "
    "in spring, after eleven years of darkness and a long quarrel about who owns its lamp."
)


@pytest.fixture
def served(tmp_path):
    (tmp_path / "token").write_text("t0ken\n")
    port = free_port()
    call = [sys.executable, "-m", "syndicate", "serve", str(tmp_path / "seen.db")]
    call += ["--port", str(port), "--token-file", str(tmp_path / "token")]
    with subprocess.Popen(call) as server:
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"authorization": "Bearer t0ken"}
        )
        for _ in range(600):
            try:
                client.get("/healthz")
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        yield client
        client.close()
        server.terminate()
        assert server.wait(timeout=30) in {0, -15, 143}


def test_the_server_remembers_and_answers(served):
    page = {"id": "a", "text": STORY}
    assert served.post("/query", json=page, timeout=60).json()["status"] == "new"
    assert served.post("/seen", json=page).json()["status"] == "new"
    again = served.post("/seen", json={"id": "b", "text": STORY}).json()
    assert (again["status"], again["of"]) == ("exact", "a")
    assert served.get("/stats").json()["documents"] == 2
    assert served.get("/healthz", headers={"authorization": ""}).json() == {"documents": 2}
    for headers in ({"authorization": ""}, {"authorization": "Bearer other"}):
        refused = served.post("/seen", json=page, headers=headers)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert served.get("/stats", headers={"host": "evil.example"}).status_code == 400
    assert served.post("/seen", content=b"{oops").status_code == 400
    assert served.post("/seen", content=b"[" * 100_000).status_code == 400
    assert served.post("/seen", json=1).json()["error"].startswith("the body must be")
    assert served.post("/query", json=[page]).json()["error"].startswith("the body must be")
    for refused, code in ((served.get("/nowhere"), 404), (served.get("/seen"), 405)):
        assert refused.status_code == code
        assert "it answers POST /seen" in refused.json()["error"]
    assert served.get("/seen").headers["allow"] == "POST"
    assert "text must be a string" in served.post("/seen", json={"id": "a"}).json()["error"]
    assert served.post("/seen", content=b" " * ((16 << 20) + 1)).status_code == 413
    assert served.get("/seen").status_code == 405


def test_a_port_that_another_has_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        call = [sys.executable, "-m", "syndicate", "serve", str(tmp_path / "x.db"), "--port", port]
        done = subprocess.run(call, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 3
    said = f"syndicate: cannot listen on 127.0.0.1 port {port}: address already in use\n"
    assert done.stderr == said


def test_a_server_says_where_it_listens(tmp_path):
    call = [sys.executable, "-m", "syndicate", "serve", str(tmp_path / "x.db"), "--port", "0"]
    with subprocess.Popen(call, stderr=subprocess.PIPE, text=True) as server:
        said = server.stderr.readline().split()
        server.terminate()
    assert httpx.URL(said[0]).port
    assert said[1] == "answers;"


def slow(monkeypatch, name, value):
    monkeypatch.setattr(service, name, value)


def ask(index, **options):
    app = service.application(index, token=None, local=True)
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", **options)


@pytest.mark.anyio
async def test_what_takes_too_long_is_given_up(monkeypatch):
    with Index.open("memory:", config=Config(strip="none")) as index:
        monkeypatch.setattr(service, "WORK_SECONDS", 0.05)
        monkeypatch.setattr(Index, "seen", lambda _index, _document: time.sleep(0.5))
        async with ask(index) as client:
            answer = await client.post("/seen", json={"id": "a", "text": STORY})
    assert answer.status_code == 503
    assert "try again" in answer.json()["error"]


@pytest.mark.anyio
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:81"])
async def test_pages_of_other_sites_may_not_ask(origin):
    with Index.open("memory:", config=Config(strip="none")) as index:
        async with ask(index) as client:
            page = {"id": "a", "text": STORY}
            answer = await client.post("/seen", json=page, headers={"origin": origin})
            own = await client.post("/seen", json=page, headers={"origin": "http://127.0.0.1"})
    assert answer.status_code == 403
    assert origin in answer.json()["error"]
    assert own.json()["status"] == "new"


@pytest.mark.anyio
async def test_numbers_are_ids_too():
    with Index.open("memory:", config=Config(strip="none")) as index:
        async with ask(index) as client:
            answer = await client.post("/seen", json={"id": 7, "text": STORY})
            for number in (-(1 << 63), (1 << 64) - 1):
                largest = await client.post("/seen", json={"id": number, "text": STORY})
                assert largest.json()["id"] == str(number)
            for other in (True, 1 << 64, 7.5):
                refused = await client.post("/seen", json={"id": other, "text": STORY})
                assert refused.status_code == 400
    assert answer.json()["id"] == "7"


@pytest.mark.anyio
async def test_each_page_of_a_list_is_told_and_knows_of_those_before_it():
    pages = [{"id": str(n), "text": STORY + " And so on." * (n // 2)} for n in range(4)]
    with Index.open("memory:", config=Config(strip="none")) as index:
        async with ask(index) as client:
            answer = await client.post("/seen", json=pages)
            assert (await client.post("/seen", json=[])).json() == []
        assert [verdict["id"] for verdict in answer.json()] == ["0", "1", "2", "3"]
        assert [verdict["of"] for verdict in answer.json()] == [None, "0", "0", "2"]
        assert len(index) == 4


PAGE = f"<html><body><article><h1>Port Ellery</h1><p>{STORY}</p></article></body></html>"


@pytest.mark.anyio
@pytest.mark.parametrize("many", [False, True])
async def test_pages_are_read_too(many):
    pages = [{"id": "a", "html": PAGE}, {"id": "b", "text": STORY}, {"id": "c", "html": "<p></p>"}]
    with Index.open("memory:", config=Config(strip="none")) as index:
        async with ask(index) as client:
            answers = [await client.post("/seen", json=[one] if many else one) for one in pages]
            neither = await client.post("/query", json={"id": "d", "html": None})
        told = [one.json()[0] if many else one.json() for one in answers[:2]]
        assert told[0]["status"] == "new"
        assert (told[1]["status"], told[1]["of"]) == ("reprint", "a")
        assert answers[2].status_code == neither.status_code == 400
        assert "page 'c': " in answers[2].json()["error"]
        assert len(index) == 2


@pytest.mark.anyio
async def test_a_url_stands_for_an_id():
    page = {"url": "https://a.example/1", "text": STORY}
    with Index.open("memory:", config=Config(strip="none")) as index:
        async with ask(index) as client:
            told = (await client.post("/seen", json=page)).json()
            again = (await client.post("/query", json=page | {"id": "b"})).json()
            refused = [
                (await client.post("/seen", json=page | other)).json()["error"]
                for other in ({"url": ""}, {"url": None}, {"id": ""}, {"id": None})
            ]
            nameless = await client.post("/seen", json={"text": STORY})
    assert (told["id"], again["of"]) == ("https://a.example/1", "https://a.example/1")
    assert refused == [
        "url must not be empty",
        "url must be a string, got NoneType",
        "id must not be empty",
        "id must be a string, got NoneType",
    ]
    assert nameless.json()["error"] == "the body needs an id, or a url in its place"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("bad", "code", "error"),
    [
        ([{"id": "b"}], 400, "document 1 of the list: text must be a string"),
        ([7], 400, "document 1 of the list: must be a JSON object"),
        ([{"id": "b", "text": "x" * ((8 << 20) + 1)}], 400, "cut it, or leave it out"),
        ([{"id": "b", "text": ""}] * 256, 400, "at most 256 documents, got 257"),
    ],
)
async def test_of_a_list_that_cannot_be_remembered_whole_nothing_is(bad, code, error):
    with Index.open("memory:", config=Config(strip="none")) as index:
        async with ask(index) as client:
            answer = await client.post("/seen", json=[{"id": "a", "text": STORY}, *bad])
        assert answer.status_code == code
        assert error in answer.json()["error"]
        assert len(index) == 0


@pytest.mark.anyio
async def test_a_body_that_trickles_is_given_up(monkeypatch):
    import asyncio

    async def trickle():
        yield b"{"
        await asyncio.sleep(0.5)
        yield b"}"

    with Index.open("memory:", config=Config(strip="none")) as index:
        monkeypatch.setattr(service, "READ_SECONDS", 0.05)
        async with ask(index) as client:
            answer = await client.post("/seen", content=trickle())
    assert answer.status_code == 408


@pytest.fixture
def anyio_backend():
    return "asyncio"


INDEX = Index.open("memory:", config=Config(strip="none"))
schema = schemathesis.openapi.from_asgi(
    "/openapi.json", service.application(INDEX, token=None, local=False)
)


@schema.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_breaks_it_or_its_description(case):
    """No description can say that a page holds an article, or that 7 is an id and 7.0 none."""
    given = case.body if isinstance(case.body, list) else [case.body]
    pages = [page for page in given if isinstance(page, dict)]
    untold = any("html" in page or isinstance(page.get("id"), float) for page in pages)
    refused = [schemathesis.checks.positive_data_acceptance] if untold else []
    case.call_and_validate(excluded_checks=refused)


def test_the_description_names_the_token():
    guarded = service.description(guarded=True)
    assert guarded["security"] == [{"token": []}]
    assert "security" not in service.description(guarded=False)
    json.dumps(guarded)


def test_a_connection_on_which_no_request_comes_is_closed(monkeypatch):
    monkeypatch.setattr(service, "READ_SECONDS", 0.2)
    held = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(ask, http=service.Impatient, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]})
    thread.start()
    try:
        with socket.create_connection(held.getsockname(), timeout=10) as idle:
            assert idle.recv(1) == b""
    finally:
        server.should_exit = True
        thread.join()
