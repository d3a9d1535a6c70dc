"""Where the page is served."""

from dataclasses import dataclass

PAGE_HOST, PAGE_PORT = "127.0.0.1", 4280
ANY_HOST = ("0.0.0.0", "::")  # noqa: S104  (named to be told from this machine alone)


@dataclass(frozen=True)
class PageAddress:
    """The page's host and port; `behind_proxy` if a proxy with HTTPS stands before it."""

    host: str = PAGE_HOST
    port: int = PAGE_PORT
    behind_proxy: bool = False

    @property
    def is_local(self) -> bool:
        """Return whether this machine alone can reach it."""
        return self.host in ("127.0.0.1", "localhost", "::1")

    @property
    def url(self) -> str:
        """Return the address to open."""
        return f"http://{self.host}:{self.port}"
