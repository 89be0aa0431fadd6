"""Message authentication codes of HMAC keys."""

from tidegate.api.kms import (
    GenerateMacRequest,
    GenerateMacResponse,
    VerifyMacRequest,
    VerifyMacResponse,
)
from tidegate.base.call import Call
from tidegate.base.refusals import KMSInvalidMacException
from tidegate.catalog.key_states import check_usable
from tidegate.catalog.keys import KmsKey
from tidegate.kms.mac import generate_mac, verify_mac
from tidegate.kms.secret import Secret
from tidegate.kms.specs import GENERATE_VERIFY_MAC, KEY_SPECS
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.ciphers import check_algorithm
from tidegate.services.kms.dry_runs import stop_dry_run
from tidegate.services.kms.grant_tokens import GrantTokens
from tidegate.services.kms.lookup import KeyLookup
from tidegate.services.kms.materials import Materials


class Macs:
    def __init__(
        self,
        definitions: Definitions,
        lookup: KeyLookup,
        materials: Materials,
        tokens: GrantTokens,
    ) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._materials = materials
        self._tokens = tokens

    def generate(self, call: Call, request: GenerateMacRequest) -> None:
        key, secret = self._key(call, request, "GenerateMac")
        algorithm = request.MacAlgorithm
        mac = generate_mac(key.spec, secret, algorithm, request.Message)
        stop_dry_run(request)
        self._definitions.tell(
            call, GenerateMacResponse(Mac=mac, MacAlgorithm=algorithm, KeyId=key.arn)
        )

    def verify(self, call: Call, request: VerifyMacRequest) -> None:
        """A wrong MAC is an error (API reference)."""
        key, secret = self._key(call, request, "VerifyMac")
        algorithm = request.MacAlgorithm
        if not verify_mac(key.spec, secret, algorithm, request.Message, request.Mac):
            raise KMSInvalidMacException
        stop_dry_run(request)
        self._definitions.tell(
            call, VerifyMacResponse(KeyId=key.arn, MacValid=True, MacAlgorithm=algorithm)
        )

    def _key(
        self, call: Call, request: GenerateMacRequest | VerifyMacRequest, name: str
    ) -> tuple[KmsKey, Secret]:
        key = self._lookup.any(call, request.KeyId)
        check_usable(key, GENERATE_VERIFY_MAC, name)
        self._tokens.check(request.GrantTokens)
        check_algorithm(key, request.MacAlgorithm, KEY_SPECS[key.spec].mac)
        return key, self._materials.opened(key, key.materials[-1])
