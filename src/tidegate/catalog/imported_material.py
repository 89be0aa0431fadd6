"""Where imported material goes in a key.

A key with imported material has had, by their ids, some materials; each can be imported again when
it is deleted or has expired.  A symmetric key takes new material besides, which waits until
RotateKeyOnDemand puts it to use.  Source: the text of ImportKeyMaterial in the KMS service model.
"""

from collections.abc import Callable

import msgspec

from tidegate.base.refusals import (
    IncorrectKeyMaterialException,
    KMSInvalidStateException,
    NotFoundException,
    ValidationException,
)
from tidegate.catalog.key_states import SYMMETRIC
from tidegate.catalog.key_times import emptied
from tidegate.catalog.keys import KmsKey, Material


def is_import_of_new(key: KmsKey, import_type: str | None) -> bool:
    """Whether an import brings new material, for an ImportType that may be left out.

    Raises ValidationException.
    """
    if import_type is not None and key.spec != SYMMETRIC:
        raise ValidationException("ImportType is valid only with symmetric encryption KMS keys.")
    if import_type is None:
        return not key.materials
    return import_type == "NEW_KEY_MATERIAL"


def number_for(key: KmsKey, material_id: str, as_new: bool) -> int:
    """The number under which material of this id is kept in the key.

    Raises IncorrectKeyMaterialException, KMSInvalidStateException.
    """
    known = {each.id: each.number for each in key.all_materials}
    if not as_new:
        if material_id not in known:
            raise IncorrectKeyMaterialException(
                f"The key material is not one that was imported into {key.arn}."
            )
        return known[material_id]
    if material_id in known:
        raise IncorrectKeyMaterialException(
            f"The key material has already been imported into {key.arn}."
        )
    if key.pending_material is not None:
        raise KMSInvalidStateException(f"{key.arn} has key material that is pending rotation.")
    return max(known.values(), default=0) + 1


def with_imported(key: KmsKey, material: Material) -> KmsKey:
    """The key with the material in the place that its number says, by `number_for`.

    A description is kept where the import brings none.
    """
    if not key.materials:
        return msgspec.structs.replace(key, materials=(material,))
    if material.number not in {each.number for each in key.all_materials}:
        return msgspec.structs.replace(key, pending_material=material)
    return _replaced(key, material.number, lambda old: _again(old, material))


def without_imported(key: KmsKey, material_id: str | None) -> tuple[KmsKey, str | None]:
    """The key without a material, the one in use if none is named, and the material's id.

    Raises NotFoundException.
    """
    if material_id is None:
        material = key.materials[-1] if key.materials else None
        if material is None:
            return key, None
    else:
        found = (each for each in key.all_materials if each.id == material_id)
        material = next(found, None)
        if material is None:
            raise NotFoundException(f"Key material {material_id} is not found.")
    return _replaced(key, material.number, emptied), material.id


def _again(old: Material, new: Material) -> Material:
    return msgspec.structs.replace(
        old,
        sealed=new.sealed,
        expires_at=new.expires_at,
        description=new.description or old.description,
    )


def _replaced(key: KmsKey, number: int, change: Callable[[Material], Material]) -> KmsKey:
    pending = key.pending_material
    if pending is not None and pending.number == number:
        return msgspec.structs.replace(key, pending_material=change(pending))
    materials = tuple(change(each) if each.number == number else each for each in key.materials)
    return msgspec.structs.replace(key, materials=materials)
