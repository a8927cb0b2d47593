import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsEcdhKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsRsaKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateRawEcdhKeyringInput;
import software.amazon.cryptography.materialproviders.model.EphemeralPrivateKeyToStaticPublicKeyInput;
import software.amazon.cryptography.materialproviders.model.KmsEcdhStaticConfigurations;
import software.amazon.cryptography.materialproviders.model.KmsPrivateKeyToStaticPublicKeyInput;
import software.amazon.cryptography.materialproviders.model.KmsPublicKeyDiscoveryInput;
import software.amazon.cryptography.materialproviders.model.PublicKeyDiscoveryInput;
import software.amazon.cryptography.materialproviders.model.RawEcdhStaticConfigurations;
import software.amazon.cryptography.materialproviders.model.RawPrivateKeyToStaticPublicKeyInput;
import software.amazon.cryptography.primitives.model.ECDHCurveSpec;

/** The keyrings of descriptions in the form of AWS's own vectors. KMS is where SEALRING_KMS_ENDPOINT says. */
final class DescribedKeyring {
    private DescribedKeyring() {}

    static IKeyring of(MaterialProviders providers, Interop.MasterKey description, Map<String, Interop.Key> keys) {
        if (description.type().equals("aws-kms-rsa")) {
            var key = keys.get(description.key());
            return providers.CreateAwsKmsRsaKeyring(CreateAwsKmsRsaKeyringInput.builder()
                    .kmsKeyId(key.keyId())
                    .encryptionAlgorithm(EncryptionAlgorithmSpec.fromValue(description.algorithm()))
                    .publicKey(utf8(key.material()))
                    .kmsClient(client(key.keyId()))
                    .build());
        }
        var key = keys.get(description.recipient());
        var curve = ECDHCurveSpec.valueOf("ECC_NIST_P" + key.bits());
        if (description.type().equals("raw-ecdh")) {
            return providers.CreateRawEcdhKeyring(CreateRawEcdhKeyringInput.builder()
                    .curveSpec(curve)
                    .KeyAgreementScheme(rawScheme(key, description.schema()))
                    .build());
        }
        return providers.CreateAwsKmsEcdhKeyring(CreateAwsKmsEcdhKeyringInput.builder()
                .curveSpec(curve)
                .KeyAgreementScheme(kmsScheme(key, description.schema()))
                .kmsClient(client(key.senderMaterial()))
                .build());
    }

    private static RawEcdhStaticConfigurations rawScheme(Interop.Key key, String schema) {
        var scheme = RawEcdhStaticConfigurations.builder();
        return switch (schema) {
            case "ephemeral" -> scheme.EphemeralPrivateKeyToStaticPublicKey(
                            EphemeralPrivateKeyToStaticPublicKeyInput.builder()
                                    .recipientPublicKey(base64(key.recipientPublicKey()))
                                    .build())
                    .build();
            case "discovery" -> scheme.PublicKeyDiscovery(PublicKeyDiscoveryInput.builder()
                            .recipientStaticPrivateKey(utf8(key.recipientMaterial()))
                            .build())
                    .build();
            default -> scheme.RawPrivateKeyToStaticPublicKey(RawPrivateKeyToStaticPublicKeyInput.builder()
                            .senderStaticPrivateKey(utf8(key.senderMaterial()))
                            .recipientPublicKey(base64(key.recipientPublicKey()))
                            .build())
                    .build();
        };
    }

    private static KmsEcdhStaticConfigurations kmsScheme(Interop.Key key, String schema) {
        var scheme = KmsEcdhStaticConfigurations.builder();
        if (schema.equals("discovery")) {
            return scheme.KmsPublicKeyDiscovery(KmsPublicKeyDiscoveryInput.builder()
                            .recipientKmsIdentifier(key.recipientMaterial())
                            .build())
                    .build();
        }
        return scheme.KmsPrivateKeyToStaticPublicKey(KmsPrivateKeyToStaticPublicKeyInput.builder()
                        .senderKmsIdentifier(key.senderMaterial())
                        .recipientPublicKey(base64(key.recipientPublicKey()))
                        .build())
                .build();
    }

    private static KmsClient client(String arn) {
        var parts = arn.split(":");
        return KmsClient.builder()
                .endpointOverride(URI.create(System.getenv("SEALRING_KMS_ENDPOINT")))
                .region(Region.of(parts[3]))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(parts[4], "any")))
                .build();
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer base64(String text) {
        return ByteBuffer.wrap(Base64.getDecoder().decode(text));
    }
}
