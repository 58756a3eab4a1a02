"""Follow the stories of two sites."""

from urllib.parse import urlsplit

import scrapy


class NewsSpider(scrapy.Spider):
    """Crawl ``/a/`` of one host and ``/b/`` of another: ``-a port=8000``."""

    name = "news"

    def __init__(self, port="8000", **options):
        super().__init__(**options)
        self.start_urls = [f"http://127.0.0.1:{port}/a/", f"http://localhost:{port}/b/"]

    def parse(self, response):
        yield from response.follow_all(css="a.story", callback=self.parse_story)

    def parse_story(self, response):
        yield {
            "url": response.url,
            "site": urlsplit(response.url).hostname,
            "title": response.css("h1::text").get(""),
            "body": "\n".join(response.css("article p::text, aside::text").getall()),
        }
