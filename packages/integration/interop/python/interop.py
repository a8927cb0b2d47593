"""Opens and writes messages with the AWS Encryption SDK for Python. See ../README.md for its two verbs."""

import base64
import json
import logging
import os
import sys
from importlib.metadata import version
from pathlib import Path

import boto3
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsEcdhKeyringInput,
    CreateAwsKmsRsaKeyringInput,
    CreateDefaultCryptographicMaterialsManagerInput,
    CreateMultiKeyringInput,
    CreateRawAesKeyringInput,
    CreateRawEcdhKeyringInput,
    CreateRawRsaKeyringInput,
    CreateRequiredEncryptionContextCMMInput,
    EphemeralPrivateKeyToStaticPublicKeyInput,
    KmsEcdhStaticConfigurationsKmsPrivateKeyToStaticPublicKey,
    KmsEcdhStaticConfigurationsKmsPublicKeyDiscovery,
    KmsPrivateKeyToStaticPublicKeyInput,
    KmsPublicKeyDiscoveryInput,
    PublicKeyDiscoveryInput,
    RawEcdhStaticConfigurationsEphemeralPrivateKeyToStaticPublicKey,
    RawEcdhStaticConfigurationsPublicKeyDiscovery,
    RawEcdhStaticConfigurationsRawPrivateKeyToStaticPublicKey,
    RawPrivateKeyToStaticPublicKeyInput,
)
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.identifiers import AlgorithmSuite, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKey
from aws_encryption_sdk.materials_managers.default import DefaultCryptoMaterialsManager

PROVIDERS = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
READER = EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)
WRITERS = {
    True: READER,
    False: EncryptionSDKClient(commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT),
}


def keyring(entry, namespace):
    """The keyring of one entry of keys.json."""
    if entry["algorithm"] == "rsa":
        return PROVIDERS.create_raw_rsa_keyring(
            CreateRawRsaKeyringInput(
                key_namespace=namespace,
                key_name=entry["key-id"],
                padding_scheme="OAEP_SHA256_MGF1",
                **{f"{entry['type']}_key": entry["material"].encode()},
            )
        )
    return PROVIDERS.create_raw_aes_keyring(
        CreateRawAesKeyringInput(
            key_namespace=namespace,
            key_name=entry["key-id"],
            wrapping_key=base64.b64decode(entry["material"]),
            wrapping_alg=f"ALG_AES{entry['bits']}_GCM_IV12_TAG16",
        )
    )


def kms_client(arn):
    """An unmodified client of kms-mock."""
    return boto3.client(
        "kms",
        region_name=arn.split(":")[3],
        endpoint_url=os.environ["SEALRING_KMS_ENDPOINT"],
        aws_access_key_id=arn.split(":")[4],
        aws_secret_access_key="any",
    )


def raw_ecdh_scheme(entry, schema):
    public_key = base64.b64decode(entry["recipient-material-public-key"])
    if schema == "ephemeral":
        return RawEcdhStaticConfigurationsEphemeralPrivateKeyToStaticPublicKey(
            EphemeralPrivateKeyToStaticPublicKeyInput(recipient_public_key=public_key)
        )
    if schema == "discovery":
        return RawEcdhStaticConfigurationsPublicKeyDiscovery(
            PublicKeyDiscoveryInput(recipient_static_private_key=entry["recipient-material"].encode())
        )
    return RawEcdhStaticConfigurationsRawPrivateKeyToStaticPublicKey(
        RawPrivateKeyToStaticPublicKeyInput(
            sender_static_private_key=entry["sender-material"].encode(), recipient_public_key=public_key
        )
    )


def kms_ecdh_scheme(entry, schema):
    if schema == "discovery":
        return KmsEcdhStaticConfigurationsKmsPublicKeyDiscovery(
            KmsPublicKeyDiscoveryInput(recipient_kms_identifier=entry["recipient-material"])
        )
    return KmsEcdhStaticConfigurationsKmsPrivateKeyToStaticPublicKey(
        KmsPrivateKeyToStaticPublicKeyInput(
            sender_kms_identifier=entry["sender-material"],
            recipient_public_key=base64.b64decode(entry["recipient-material-public-key"]),
        )
    )


def described_keyring(description, keys):
    """The keyring of a description in the form of AWS's own vectors."""
    if description["type"] == "aws-kms-rsa":
        entry = keys[description["key"]]
        return PROVIDERS.create_aws_kms_rsa_keyring(
            CreateAwsKmsRsaKeyringInput(
                kms_key_id=entry["key-id"],
                encryption_algorithm=description["encryption-algorithm"],
                public_key=entry["material"].encode(),
                kms_client=kms_client(entry["key-id"]),
            )
        )
    entry = keys[description["recipient"]]
    curve = f"ECC_NIST_P{entry['bits']}"
    if description["type"] == "raw-ecdh":
        scheme = raw_ecdh_scheme(entry, description["schema"])
        return PROVIDERS.create_raw_ecdh_keyring(
            CreateRawEcdhKeyringInput(curve_spec=curve, key_agreement_scheme=scheme)
        )
    return PROVIDERS.create_aws_kms_ecdh_keyring(
        CreateAwsKmsEcdhKeyringInput(
            curve_spec=curve,
            key_agreement_scheme=kms_ecdh_scheme(entry, description["schema"]),
            kms_client=kms_client(entry["sender-material"]),
        )
    )


def readers_keyring(key, keys):
    if key["type"] == "raw":
        return keyring(keys[key["key"]], key["provider-id"])
    return described_keyring(key, keys)


def materials_manager(keyrings, required):
    """Over one keyring, or several of which the first makes the data key."""
    single = keyrings[0]
    if len(keyrings) > 1:
        single = PROVIDERS.create_multi_keyring(
            CreateMultiKeyringInput(generator=keyrings[0], child_keyrings=keyrings[1:])
        )
    manager = PROVIDERS.create_default_cryptographic_materials_manager(
        CreateDefaultCryptographicMaterialsManagerInput(keyring=single)
    )
    if not required:
        return manager
    return PROVIDERS.create_required_encryption_context_cmm(
        CreateRequiredEncryptionContextCMMInput(underlying_cmm=manager, required_encryption_context_keys=required)
    )


def master_key_manager(entry, namespace):
    """Over one AES master key, the interface before keyrings."""
    wrapping_key = WrappingKey(
        wrapping_algorithm=WrappingAlgorithm[f"AES_{entry['bits']}_GCM_IV12_TAG16_NO_PADDING"],
        wrapping_key=base64.b64decode(entry["material"]),
        wrapping_key_type=EncryptionKeyType.SYMMETRIC,
    )
    return DefaultCryptoMaterialsManager(
        RawMasterKey(provider_id=namespace, key_id=entry["key-id"], wrapping_key=wrapping_key)
    )


def open_manifest(path):
    folder = path.parent
    manifest = json.loads(path.read_text())

    def file(uri):
        return (folder / uri.removeprefix("file://")).read_bytes()

    keys = json.loads(file(manifest["keys"]))["keys"]
    opened = refused = failed = 0
    for name, test in manifest["tests"].items():
        message = file(test["ciphertext"])
        context = test.get("encryption-context", {})
        manager = materials_manager(
            [readers_keyring(key, keys) for key in test["master-keys"]],
            list(context) if test.get("cmm") == "RequiredEncryptionContext" else [],
        )
        plaintext = None
        try:
            plaintext, _ = READER.decrypt(source=message, materials_manager=manager, encryption_context=context)
            outcome = "opened"
        except Exception as error:  # whatever it throws is a refusal
            outcome = f"refused: {type(error).__name__}: {error}"
        if "error" in test["result"]:
            reason = None if plaintext is None else "opened, but must be refused"
            refused += reason is None
        else:
            expected = file(test["result"]["output"]["plaintext"])
            reason = outcome if plaintext is None else None if plaintext == expected else "another plaintext"
            opened += reason is None
        if reason is not None:
            failed += 1
            print(json.dumps({"id": name, "reason": reason[:300]}))
    print(f"opened {opened}, refused {refused}, failed {failed}")
    return failed == 0


def write_messages(folder):
    plan = json.loads((folder / "plan.json").read_text())
    keys = json.loads((folder / "keys.json").read_text())["keys"]
    namespace = plan["namespace"]
    for planned in plan["messages"]:
        algorithm = AlgorithmSuite.get_by_id(int(planned["suite"], 16))
        if "seal" in planned:
            manager = materials_manager([described_keyring(planned["seal"], keys)], [])
        elif planned["masterKey"]:
            manager = master_key_manager(keys[planned["keys"][0]], namespace)
        else:
            keyrings = [keyring(keys[key], namespace) for key in planned["keys"]]
            manager = materials_manager(keyrings, planned["required"])
        message, _ = WRITERS[algorithm.is_committing()].encrypt(
            source=(folder / planned["plaintext"]).read_bytes(),
            materials_manager=manager,
            encryption_context=planned["context"],
            algorithm=algorithm,
            frame_length=planned["frame"],
        )
        (folder / "ciphertexts" / planned["id"]).write_bytes(message)
    print(f"wrote {len(plan['messages'])} with {version('aws-encryption-sdk')}")
    return True


if __name__ == "__main__":
    logging.disable()  # the SDK logs a trace of each refusal
    verb, path = sys.argv[1:]
    sys.exit(0 if {"open": open_manifest, "write": write_messages}[verb](Path(path)) else 1)
