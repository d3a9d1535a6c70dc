"""XML fed to a parser in large pieces."""

from typing import IO
from xml.parsers.expat import XMLParserType

_PIECE = 2**22  # bytes


def feed(parser: XMLParserType, stream: IO[bytes]) -> None:
    """Parse a stream to its end; raises ExpatError for broken XML.

    expat looks at an unfinished comment or text from its beginning again with each piece: in the
    2 kB of its own `ParseFile` one comment of 40 MB takes minutes.
    """
    while piece := stream.read(_PIECE):
        parser.Parse(piece, False)
    parser.Parse(b"", True)
