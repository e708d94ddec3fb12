"""Every optimizer looks the same in every picture, and no two of one picture alike."""

from itertools import combinations

from hwbench_mo.plotting import COLOURS, styles_of
from hwbench_mo.plotting.style import OPTIMIZERS
from tests.support.spaces import ROOT

SHIPPED = sorted(path.stem for path in (ROOT / "conf" / "optimizer").glob("*.yaml"))


def test_shipped_optimizers_keep_their_style_in_any_company() -> None:
    assert sorted(name for family in OPTIMIZERS for name in family) == SHIPPED
    every = styles_of(SHIPPED)
    assert len(set(every.values())) == len(SHIPPED)
    for names in combinations(SHIPPED, 2):
        company = [*names, f"{names[0]} (pop_size=20)", "mine", "yours"]
        found = styles_of(company)
        assert len(set(found.values())) == len(company)
        assert found == styles_of(reversed(company))
        assert {name: found[name] for name in names} == {name: every[name] for name in names}
        assert found[f"{names[0]} (pop_size=20)"].colour == every[names[0]].colour


def test_an_optimizer_with_settings_looks_like_the_optimizer() -> None:
    (alone,) = styles_of(["nsga3 (pop_size=50)"]).values()
    assert alone == styles_of(SHIPPED)["nsga3"]


def test_optimizers_of_one_kind_differ_in_colour() -> None:
    evolutionary = {"nsga2", "nsga3", "moead", "sms_emoa", "spea2", "age_moea2", "morea", "random_search"}
    bayesian = {"ehvi", "lsbo", "rsbo", "qlogehvi", "qlognehvi", "qlognparego", "motpe", "nsga2"}
    for kind in (evolutionary, bayesian, {"random_search", "local_search", "nsga2"}):
        assert len({style.colour for style in styles_of(kind).values()}) == len(kind)


def test_colours_of_other_names_are_stable() -> None:
    assert styles_of(["mine"])["mine"].colour == styles_of(["mine", *SHIPPED])["mine"].colour == COLOURS[3]
    assert styles_of(["mine"])["mine"] not in styles_of(SHIPPED).values()


def test_a_style_is_found_for_any_number_of_names() -> None:
    names = [f"nsga2 (pop_size={n})" for n in range(20)]
    found = styles_of(names)
    assert {style.colour for style in found.values()} == {COLOURS[0]}
    assert len(set(found.values())) == 6
