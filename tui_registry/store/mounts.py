"""Whether a file lies where locks between machines cannot be trusted."""

import os
import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")

_NETWORK = re.compile(
    r"9p|afs|autofs|beegfs|ceph|cifs|coda|glusterfs|gpfs|lustre|ncpfs|nfs4?|ocfs2|orangefs|panfs|pvfs2|smb3"
    r"|smbfs|virtiofs|fuse\.(davfs|gcsfuse|glusterfs|rclone|s3fs|sshfs)|davfs"
)


def network_banner(path: Path, mounts: Path = MOUNTS) -> str | None:
    """The sentence for a file on a network file system; None on a local one, or where nothing tells."""
    kind = file_system(path, mounts)
    if kind is None or not _NETWORK.fullmatch(kind):
        return None
    return (
        f"{path.parent} is on a network file system ({kind}), where two programs at once can damage the file:"
        " open it in one program at a time, or name a local file with TUI_REGISTRY_DB."
    )


def file_system(path: Path, mounts: Path = MOUNTS) -> str | None:
    """The kind of file system that holds a file, as Linux names it; None where it does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    real, best, kind = os.path.realpath(path), "", None
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, told = before.split(), after.split()
        if len(fields) < 5 or not told:
            continue
        point = _unescaped(fields[4])
        inside = point == "/" or real == point or real.startswith(f"{point}/")
        if inside and len(point) >= len(best):  # of two on one point the later lies above
            best, kind = point, told[0]
    return kind


def _unescaped(name: str) -> str:
    """A mount point's name with its octal escapes undone."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), name)
