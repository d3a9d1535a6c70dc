"""Posts a text to the addresses of BULLETIN_APPRISE_URLS: the other end of flows.mail.posting.

It runs as a process of its own, since what it loads is slow and an address may be of any kind. It
reads the title and the text and writes how many addresses took them: no address, no error.
"""

import json
import os
import sys

from apprise import Apprise


def main() -> None:
    """Post what stands on standard input."""
    message = json.load(sys.stdin)
    taken = 0
    for url in os.environ["BULLETIN_APPRISE_URLS"].split():
        group = Apprise()
        taken += bool(group.add(url) and group.notify(message["text"], message["title"]))
        sys.stdout.write(f"{taken}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
