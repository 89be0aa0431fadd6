import pytest

from tidegate.bench.main import SCENARIOS, run


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["send"],
        ["send", "--endpoint", "http://h:1", "--data", "d"],
        ["send", "--endpoint", "h:1"],
        ["idle", "--endpoint", "http://h:1"],
        ["secured", "--endpoint", "http://h:1"],
        ["send", "--data", "d", "--pairs", "0"],
        ["send", "--data", "d", "--seconds", "0"],
        ["send", "--data", "d", "--body-bytes", "31"],
        ["send", "--data", "d", "--connections", "1,0"],
        ["send", "--data", "d", "--connections", "1,x"],
    ],
)
def test_wrong_arguments_are_explained_and_give_status_2(arguments, capsys):
    assert run(arguments) == 2
    assert "error:" in capsys.readouterr().err


def test_help_names_every_scenario(capsys):
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    for name in [*SCENARIOS, "all", "yardstick"]:
        assert f"  {name}" in text
