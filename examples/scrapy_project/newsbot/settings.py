"""Settings of the crawl; the last block is what syndicate needs."""

BOT_NAME = "newsbot"
SPIDER_MODULES = ["newsbot.spiders"]
ROBOTSTXT_OBEY = False  # the made-up sites have none
TELNETCONSOLE_ENABLED = False
LOG_LEVEL = "INFO"
FEED_EXPORT_ENCODING = "utf-8"

ITEM_PIPELINES = {"syndicate.integrations.scrapy.SyndicatePipeline": 300}
SYNDICATE_INDEX = "seen.db"
SYNDICATE_ON_REPRINT = "drop"
SYNDICATE_FIELDS = {"id": "url", "text": "body", "source": "site"}
