"""Where statements stand in a document."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tidegate.services.iam.statement_positions import statement_spans


def cut(document, span):
    """The text of a span."""
    lines = document.split("\n")
    (line, column), (end_line, end_column) = span
    if line == end_line:
        return lines[line - 1][column - 1 : end_column - 1]
    first, last = lines[line - 1][column - 1 :], lines[end_line - 1][: end_column - 1]
    return "\n".join([first, *lines[line : end_line - 1], last])


def test_the_spans_are_those_that_aws_shows():
    """Of AdministratorAccess, as SimulatePrincipalPolicy of AWS shows it."""
    document = (
        '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Effect": "Allow",\n'
        '      "Action": "*",\n      "Resource": "*"\n    }\n  ]\n}'
    )
    assert statement_spans(document) == [((3, 17), (8, 6))]


def test_a_single_statement_needs_no_brackets():
    document = '{"Statement":{"Effect":"Allow"},"Id":"a"}'
    (span,) = statement_spans(document)
    assert cut(document, span) == '{"Effect":"Allow"}'


def test_a_document_without_statements_has_no_spans():
    assert statement_spans('{"Version":"2012-10-17"}') == []
    assert statement_spans('{"Statement":[]}') == []
    assert statement_spans(" { } ") == []


@given(
    statements=st.lists(
        st.dictionaries(st.text(), st.text() | st.lists(st.text()) | st.integers()), min_size=1
    ),
    indent=st.sampled_from([None, 0, 1, 4]),
    statement_first=st.booleans(),
    ascii_only=st.booleans(),
)
def test_spans_are_the_statements(statements, indent, statement_first, ascii_only):
    members = [("Id", 'x{"Statement":[{}]}'), ("Statement", statements)]
    policy = dict(reversed(members) if statement_first else members)
    document = json.dumps(policy, indent=indent, ensure_ascii=ascii_only)
    spans = statement_spans(document)
    assert [json.loads(cut(document, span)) for span in spans] == statements
