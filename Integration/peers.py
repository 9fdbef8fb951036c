"""Judges that scripts/peers puts under .build/peers, since they are not to be installed."""
import support

FOLDER = support.ROOT / ".build" / "peers"


def path(*parts):
    """A program of a peer; it must be there."""
    found = FOLDER.joinpath(*parts)
    if not found.exists():
        raise RuntimeError(f"{found} is not there; scripts/prepare test (or scripts/peers) puts it there")
    return found


def promtool():
    return path("prometheus", "usr", "bin", "promtool")


def prometheus():
    return path("prometheus", "usr", "bin", "prometheus")


def python():
    """The interpreter with the validators."""
    return path("openapi", "bin", "python")
