package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	mpl "github.com/aws/aws-cryptographic-material-providers-library/releases/go/mpl/awscryptographymaterialproviderssmithygeneratedtypes"
	primitives "github.com/aws/aws-cryptographic-material-providers-library/releases/go/primitives/awscryptographyprimitivessmithygeneratedtypes"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// description of a keyring, in the form of AWS's own vectors.
type description struct {
	Type      string `json:"type"`
	Key       string `json:"key"`
	Namespace string `json:"provider-id"`
	Recipient string `json:"recipient"`
	Schema    string `json:"schema"`
	Algorithm string `json:"encryption-algorithm"`
}

// kmsClient is an unmodified client of kms-mock.
func kmsClient(arn string) *kms.Client {
	parts := strings.Split(arn, ":")
	endpoint := os.Getenv("SEALRING_KMS_ENDPOINT")
	return kms.New(kms.Options{
		Region:       parts[3],
		BaseEndpoint: &endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider(parts[4], "any", ""),
	})
}

func fromBase64(text string) []byte {
	return must(base64.StdEncoding.DecodeString(text))
}

func rawEcdhScheme(entry key, schema string) mpl.RawEcdhStaticConfigurations {
	public := fromBase64(entry.RecipientPublic)
	switch schema {
	case "ephemeral":
		return &mpl.RawEcdhStaticConfigurationsMemberEphemeralPrivateKeyToStaticPublicKey{
			Value: mpl.EphemeralPrivateKeyToStaticPublicKeyInput{RecipientPublicKey: public},
		}
	case "discovery":
		return &mpl.RawEcdhStaticConfigurationsMemberPublicKeyDiscovery{
			Value: mpl.PublicKeyDiscoveryInput{RecipientStaticPrivateKey: []byte(entry.Recipient)},
		}
	}
	return &mpl.RawEcdhStaticConfigurationsMemberRawPrivateKeyToStaticPublicKey{
		Value: mpl.RawPrivateKeyToStaticPublicKeyInput{
			SenderStaticPrivateKey: []byte(entry.Sender),
			RecipientPublicKey:     public,
		},
	}
}

func kmsEcdhScheme(entry key, schema string) mpl.KmsEcdhStaticConfigurations {
	if schema == "discovery" {
		return &mpl.KmsEcdhStaticConfigurationsMemberKmsPublicKeyDiscovery{
			Value: mpl.KmsPublicKeyDiscoveryInput{RecipientKmsIdentifier: entry.Recipient},
		}
	}
	return &mpl.KmsEcdhStaticConfigurationsMemberKmsPrivateKeyToStaticPublicKey{
		Value: mpl.KmsPrivateKeyToStaticPublicKeyInput{
			SenderKmsIdentifier: entry.Sender,
			RecipientPublicKey:  fromBase64(entry.RecipientPublic),
		},
	}
}

func describedKeyring(described description, keys map[string]key) mpl.IKeyring {
	if described.Type == "aws-kms-rsa" {
		entry := keys[described.Key]
		return must(material.CreateAwsKmsRsaKeyring(ctx, mpl.CreateAwsKmsRsaKeyringInput{
			KmsKeyId:            entry.ID,
			EncryptionAlgorithm: kmstypes.EncryptionAlgorithmSpec(described.Algorithm),
			PublicKey:           []byte(entry.Material),
			KmsClient:           kmsClient(entry.ID),
		}))
	}
	entry := keys[described.Recipient]
	curve := primitives.ECDHCurveSpec(fmt.Sprintf("ECC_NIST_P%d", entry.Bits))
	if described.Type == "raw-ecdh" {
		return must(material.CreateRawEcdhKeyring(ctx, mpl.CreateRawEcdhKeyringInput{
			CurveSpec:          curve,
			KeyAgreementScheme: rawEcdhScheme(entry, described.Schema),
		}))
	}
	return must(material.CreateAwsKmsEcdhKeyring(ctx, mpl.CreateAwsKmsEcdhKeyringInput{
		CurveSpec:          curve,
		KeyAgreementScheme: kmsEcdhScheme(entry, described.Schema),
		KmsClient:          kmsClient(entry.Sender),
	}))
}

// readersKeyring is that of a manifest's master key.
func readersKeyring(described description, keys map[string]key) mpl.IKeyring {
	if described.Type == "raw" {
		return keyring(keys[described.Key], described.Namespace)
	}
	return describedKeyring(described, keys)
}
