"""Two made-up news sites on this machine: articles amid furniture, some of them reprints."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FURNITURE = "Subscribe to our newsletter and never miss a story from the coast again."
STORIES = {
    "harbour": (
        "The harbour master of Port Ellery said on Monday that the old lighthouse will be lit "
        "again in spring, after eleven years of darkness and a long quarrel about its lamp. The "
        "county has paid for the glass, and two retired keepers offered to look after it for "
        "nothing, as long as somebody brings coal for the stove before the winter storms begin."
    ),
    "bakers": (
        "Bakers in the valley ask for an earlier market, because the bridge is closed to carts "
        "from nine in the morning while its planks are replaced one by one until the end of "
        "June. The mayor promised lanterns for those who come before dawn, and a watchman who "
        "would count the carts, so that nobody had to wait on the slope with fresh bread."
    ),
    "school": (
        "The village school has more pupils than chairs for the first time in forty years, its "
        "headmistress told parents on Thursday evening. Families have moved into the houses of "
        "the former cannery, and the carpenters of the yard will build benches from the ship's "
        "planks that have lain in the shed since the ferry was taken out of service."
    ),
}
PAGES = {
    "/a/harbour": ("Lighthouse to be lit again", STORIES["harbour"]),
    "/a/bakers": ("Bakers want an earlier market", STORIES["bakers"]),
    "/b/light": ("A lamp for Port Ellery", STORIES["harbour"] + "</p><p>Source: Coast Herald"),
    "/b/school": ("Too few chairs", STORIES["school"]),
    "/b/photo": ("A photograph", ""),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path in {"/a/", "/b/"}:
            links = [path for path in PAGES if path.startswith(self.path)]
            body = "".join(f'<a class="story" href="{path}">read</a>' for path in links)
        elif self.path in PAGES:
            title, text = PAGES[self.path]
            aside = f"<aside>{FURNITURE}</aside>" if text else "<aside>—</aside>"
            body = f"<h1>{title}</h1><article><p>{text}</p></article>{aside}"
        else:
            self.send_error(404)
            return
        page = f"<html><body>{body}</body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


def serve():
    """Serve both sites on a free port; give the server, to be shut down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
