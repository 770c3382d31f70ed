"""A support desk: one search, then at most two clicks, then the words of the answer."""

import re
from html import unescape
from html.parser import HTMLParser

from tests import operators


class Links(HTMLParser):
    """Every link of the page's content with its words."""

    def __init__(self):
        super().__init__()
        self.found, self.href, self.words = [], None, []

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.href, self.words = dict(attributes).get("href"), []

    def handle_data(self, data):
        if self.href is not None:
            self.words.append(data)

    def handle_endtag(self, tag):
        if tag == "a" and self.href is not None:
            self.found.append((" ".join("".join(self.words).split()), self.href))
            self.href = None


class Desk:
    """An operator at the search box; `clicks` are counted."""

    def __init__(self):
        self.browser = operators.browser("support")

    def search(self, text):
        self.clicks = 0
        self._show(self.browser.get("/admin/find", {"q": text}, follow=True))
        return self

    def click(self, words):
        """Follow the link whose words these are, or that begins with them."""
        self.clicks += 1
        assert self.clicks <= 2, "two clicks are enough"
        links = Links()
        links.feed(self.content)
        found = [url for text, url in links.found if text == words or text.startswith(words)]
        assert found, f"no link {words!r} among {[text for text, _ in links.found]}"
        self._show(self.browser.get(found[0], follow=True))
        return self

    def _show(self, answer):
        assert answer.status_code == 200, answer.status_code
        self.content = answer.text.partition('id="content-main"')[2]
        self.text = " ".join(unescape(re.sub(r"<[^>]+>", " ", self.content)).split())
        self.text = self.text.replace("\N{NO-BREAK SPACE}", " ")
