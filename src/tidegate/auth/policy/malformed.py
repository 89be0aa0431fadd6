"""What is wrong with a policy document.

Neither class is a refusal: each service has an error of its own for a document that it does not
take (SQS `InvalidAttributeValue`, IAM `MalformedPolicyDocument`, KMS
`MalformedPolicyDocumentException`), and some have a text of their own.
"""


class MalformedPolicy(Exception):
    """A document that is no policy.  `text` is what IAM tells about it."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)


class InvalidPrincipal(MalformedPolicy):
    """A principal that cannot be, or that does not exist; KMS has a text of its own for it."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f'Invalid principal in policy: "{kind}":"{name}"')
