"""The office's page and the senders' links: the month in a browser, no decision about data."""
