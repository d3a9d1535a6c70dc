"""文字/2022-05.md of a campaign folder: the month's own words, under headings, in print's order."""

FOLDER, SUFFIX = "文字", ".md"
HEADINGS = ("领导批示", "工作动态", "典型做法", "大事记")
MARK = "#"  # before a heading
NOTE_FILE = "说明.txt"
EXAMPLE = f"""\
每月要登在全市简报里的文字写在这个文件夹，用记事本就可以写。
一个月一个文件，文件名是月份，如 2022-05.md。
标题前加“#”，可以写的标题：{"、".join(HEADINGS)}。标题下面一行是一段，不写的标题不印。如：

# 工作动态
5月12日，全市召开推进会，部署下一步工作。
# 大事记
5月20日，省专班来我市调研。

不要写身份证号和电话号码，有的不能编制简报。
"""
