"""The material of keys: made, sealed and opened."""

from collections import OrderedDict
from typing import Final

from tidegate.catalog.keys import KmsKey, Material, seal_name
from tidegate.kms.asymmetric import AsymmetricKey
from tidegate.kms.material import generate_material, key_material_id
from tidegate.kms.sealing import Sealer
from tidegate.kms.secret import Secret

_MOST_LOADED: Final = 256


class Materials:
    """Seals what is made, opens what stands, and keeps the private keys that were loaded last."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._loaded: OrderedDict[bytes, AsymmetricKey] = OrderedDict()

    @property
    def sealer(self) -> Sealer:
        """For import tokens, which are sealed too."""
        return self._sealer

    def generate(self, spec: str) -> Secret:
        """New material.  For an RSA key this takes up to seconds, and may be called from another
        thread."""
        return generate_material(spec)

    def sealed(
        self,
        arn: str,
        number: int,
        secret: Secret,
        now: int,
        *,
        on_demand: bool = False,
        expires_at: int | None = None,
        description: str = "",
    ) -> Material:
        """Material of the key with this ARN, as it is kept."""
        key_id = arn.rpartition("/")[2]
        return Material(
            number=number,
            sealed=self._sealer.seal(secret.reveal(), seal_name(arn, number)),
            created_at=now,
            on_demand=on_demand,
            id=key_material_id(key_id, secret),
            description=description,
            expires_at=expires_at,
        )

    def opened(self, key: KmsKey, material: Material) -> Secret:
        return self._sealer.open(material.sealed, seal_name(key.arn, material.number))

    def asymmetric(self, key: KmsKey) -> AsymmetricKey:
        """The private key, ready for use; to load one takes longer than most operations with it."""
        material = key.materials[-1]
        loaded = self._loaded.get(material.sealed)
        if loaded is None:
            loaded = AsymmetricKey(key.spec, self.opened(key, material))
            self._loaded[material.sealed] = loaded
            if len(self._loaded) > _MOST_LOADED:
                self._loaded.popitem(last=False)
        else:
            self._loaded.move_to_end(material.sealed)
        return loaded


def next_material_number(key: KmsKey) -> int:
    return max((each.number for each in key.all_materials), default=0) + 1
