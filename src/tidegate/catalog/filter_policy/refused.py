"""What is wrong with a filter policy."""


class InvalidFilterPolicy(Exception):
    """A document that is no filter policy.

    `text` is what SNS tells about it after `Invalid parameter: ` (SetSubscriptionAttributes) or
    `Invalid parameter: Attributes Reason: ` (Subscribe).
    """

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)


def refused(reason: str) -> InvalidFilterPolicy:
    """The refusal of a whole policy, without a place in it."""
    return InvalidFilterPolicy(f"FilterPolicy: {reason}")
