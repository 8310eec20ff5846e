"""Parts of URLs."""

from urllib.parse import parse_qsl, urlsplit


def query_of(url):
    """Return the parameters of a URL's query; of a repeated one the last value."""
    return dict(parse_qsl(urlsplit(url).query))
