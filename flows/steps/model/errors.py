"""What the office can mend: the exception that says so, and the machine's refusals in its words."""

import errno
import re
from collections.abc import Mapping

REASONS: Mapping[int, str] = {
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "这个位置是只读的",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "这里是一个文件夹",
    errno.EEXIST: "已有同名的文件",
    errno.ENOTEMPTY: "文件夹里还有别的文件",
    errno.EBUSY: "正被别的程序占用",
    errno.ETXTBSY: "正被别的程序占用",
    errno.ENAMETOOLONG: "名称过长",
    errno.EIO: "磁盘读写出错",
    errno.ESTALE: "网络磁盘已断开",
}
_NUMBER = re.compile(r"(?:os error|[Ee]rrno)[ :]*(\d+)")


class UserError(Exception):
    """Something that the office can mend; the message says in Chinese what, where, what to do."""


def reason_of(error: Exception) -> str:
    """Return in Chinese why the machine refused, or the error's own first words."""
    number = getattr(error, "errno", None)
    if number is None and (found := _NUMBER.search(str(error))):
        number = int(found[1])
    return (
        REASONS.get(number or 0)
        or getattr(error, "strerror", None)
        or " ".join(str(error).split())[:160]
        or type(error).__name__
    )


def as_user_error(error: OSError) -> UserError | None:
    """Return the office's message for an error of the machine, None for one of the program."""
    if error.errno not in REASONS:
        return None
    where = f"“{error.filename}”" if error.filename else ""
    return UserError(
        f"{where}不能读写（{reason_of(error)}）。请检查位置、权限和磁盘空间后再运行，已有数据未受影响"
    )
