"""Names and codes that look right and belong to nobody: their places and areas do not exist."""

import random
from collections.abc import Iterator

import numpy as np

from schemas.codes import ID_CHECKS, ID_WEIGHTS, USCC_ALPHABET, USCC_WEIGHTS

CITY = "示例市"
CENTRE = "示例市市直企业职工托管中心"
COUNTIES = (
    "东浥区",
    "西浥区",
    "南沚区",
    "北沅区",
    "洹川县",
    "澄峦县",
    "渚屏县",
    "岫云县",
    "霁川县",
    "峤石县",
    "汀泽市",
)
AREA = "990"  # no such area is assigned
_PLACES = (
    "浥江",
    "沅岚",
    "洹滨",
    "渚阳",
    "沚源",
    "澄湖",
    "岫峰",
    "霁光",
    "峤岭",
    "瀚沙",
    "汀兰",
    "珩玉",
)
_TRADES = (
    "化工",
    "机械",
    "纺织",
    "建材",
    "矿业",
    "电力",
    "粮油",
    "运输",
    "酿造",
    "造纸",
    "印刷",
    "陶瓷",
)
_FORMS = ("有限公司", "集团有限责任公司", "总厂", "股份有限公司")
# What other campaigns' units are called, by the word for one of them.
_UNITS = {
    "小区": ("里小区", "苑小区", "新村", "厂家属院", "路小区", "花园", "公寓", "巷宿舍"),
    "项目": ("大厦工程", "安置房项目", "厂房工程", "道路工程", "学校项目", "水厂项目", "商场装修"),
}
_SURNAMES = "甲乙丙丁戊己庚辛壬癸"
_GIVEN = "一二三四五六七八九十百千"


def counties(count: int) -> list[str]:
    """Return so many names of counties: the eleven of the demo city, then numbered ones."""
    return [*COUNTIES[:count], *(f"示例{i}县" for i in range(len(COUNTIES) + 1, count + 1))]


def enterprises(rng: random.Random) -> Iterator[str]:
    """Yield names of enterprises without end, each once."""
    number = 0
    while True:
        combinations = [(p, t) for p in _PLACES for t in _TRADES]
        rng.shuffle(combinations)
        for place, trade in combinations:
            suffix = "" if number == 0 else f"第{number + 1}"
            yield f"{CITY}{place}{trade}{suffix}{rng.choice(_FORMS)}"
        number += 1


def units(rng: random.Random, word: str) -> Iterator[str]:
    """Yield names of a campaign's units without end, each once; `word` is what one is called."""
    number = 0
    while True:
        endings = _UNITS.get(word, (word,))
        combinations = [f"{place}{ending}" for place in _PLACES for ending in endings]
        rng.shuffle(combinations)
        number += 1
        yield from combinations if number == 1 else (f"{each}{number}" for each in combinations)


def credit_code(rng: random.Random) -> str:
    """Return a valid unified social credit code of an area that is not assigned."""
    body = f"91{AREA}{rng.randrange(1000):03d}" + "".join(
        rng.choice(USCC_ALPHABET) for _ in range(9)
    )
    total = int(np.dot([USCC_ALPHABET.index(c) for c in body], USCC_WEIGHTS))
    return body + USCC_ALPHABET[(31 - total % 31) % 31]


def person_name(rng: random.Random) -> str:
    """Return a name that nobody bears: a heavenly stem and numerals."""
    return rng.choice(_SURNAMES) + rng.choice(_GIVEN) + rng.choice(_GIVEN)


def citizen_ids(numbers: np.ndarray, male: np.ndarray) -> list[str]:
    """Return a valid ID number for each running number, unique up to 600 million."""
    order, rest = numbers % 499, numbers // 499
    day, rest = rest % 28 + 1, rest // 28
    month, rest = rest % 12 + 1, rest // 12
    year, area = rest % 16 + 1940, rest // 16
    parts = np.zeros((len(numbers), 17), dtype=np.int64)
    fields = (
        (0, 6, 990000 + area),
        (6, 4, year),
        (10, 2, month),
        (12, 2, day),
        (14, 3, order * 2 + male.astype(np.int64)),
    )
    for start, width, values in fields:
        for i in range(width):
            parts[:, start + i] = values // 10 ** (width - 1 - i) % 10
    checks = ID_CHECKS[(parts @ ID_WEIGHTS) % 11]
    return [
        "".join(map(str, row)) + chr(check)
        for row, check in zip(parts.tolist(), checks.tolist(), strict=True)
    ]
