import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CommitmentPolicy;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.cryptography.materialproviders.ICryptographicMaterialsManager;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.AesWrappingAlg;
import software.amazon.cryptography.materialproviders.model.CreateDefaultCryptographicMaterialsManagerInput;
import software.amazon.cryptography.materialproviders.model.CreateMultiKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateRawAesKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateRawRsaKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateRequiredEncryptionContextCMMInput;
import software.amazon.cryptography.materialproviders.model.MaterialProvidersConfig;
import software.amazon.cryptography.materialproviders.model.PaddingScheme;

/** Opens and writes messages with the AWS Encryption SDK for Java. See ../../README.md for its two verbs. */
public final class Interop {
    record Key(
            @SerializedName("key-id") String keyId,
            String algorithm,
            String type,
            int bits,
            String material,
            @SerializedName("sender-material") String senderMaterial,
            @SerializedName("recipient-material") String recipientMaterial,
            @SerializedName("recipient-material-public-key") String recipientPublicKey) {}

    record Keys(Map<String, Key> keys) {}

    record MasterKey(
            String type,
            String key,
            @SerializedName("provider-id") String namespace,
            @SerializedName("encryption-algorithm") String algorithm,
            String recipient,
            String schema) {}

    record Output(String plaintext) {}

    /** Without an output, the message must be refused. */
    record Result(Output output) {}

    record Message(
            String ciphertext,
            @SerializedName("master-keys") List<MasterKey> masterKeys,
            String cmm,
            @SerializedName("encryption-context") Map<String, String> context,
            Result result) {}

    record Manifest(String keys, Map<String, Message> tests) {}

    record Planned(
            String id,
            String suite,
            int frame,
            Map<String, String> context,
            List<String> required,
            List<String> keys,
            boolean masterKey,
            String plaintext,
            MasterKey seal) {}

    record Plan(String namespace, List<Planned> messages) {}

    static final MaterialProviders PROVIDERS = MaterialProviders.builder()
            .MaterialProvidersConfig(MaterialProvidersConfig.builder().build())
            .build();
    static final Gson JSON = new Gson();

    static IKeyring keyring(Key key, String namespace) {
        if (key.algorithm.equals("rsa")) {
            var input = CreateRawRsaKeyringInput.builder()
                    .keyNamespace(namespace)
                    .keyName(key.keyId)
                    .paddingScheme(PaddingScheme.OAEP_SHA256_MGF1);
            var pem = ByteBuffer.wrap(key.material.getBytes(StandardCharsets.UTF_8));
            return PROVIDERS.CreateRawRsaKeyring(
                    (key.type.equals("public") ? input.publicKey(pem) : input.privateKey(pem)).build());
        }
        return PROVIDERS.CreateRawAesKeyring(CreateRawAesKeyringInput.builder()
                .keyNamespace(namespace)
                .keyName(key.keyId)
                .wrappingKey(ByteBuffer.wrap(Base64.getDecoder().decode(key.material)))
                .wrappingAlg(AesWrappingAlg.valueOf("ALG_AES" + key.bits + "_GCM_IV12_TAG16"))
                .build());
    }

    static IKeyring readersKeyring(MasterKey key, Map<String, Key> keys) {
        if (key.type.equals("raw")) return keyring(keys.get(key.key), key.namespace);
        return DescribedKeyring.of(PROVIDERS, key, keys);
    }

    static List<IKeyring> writersKeyrings(Planned planned, Map<String, Key> keys, String namespace) {
        if (planned.seal != null) return List.of(DescribedKeyring.of(PROVIDERS, planned.seal, keys));
        return planned.keys.stream().map(key -> keyring(keys.get(key), namespace)).toList();
    }

    /** The interface before keyrings. */
    static JceMasterKey aesMasterKey(Key key, String namespace) {
        var material = new SecretKeySpec(Base64.getDecoder().decode(key.material), "AES");
        return JceMasterKey.getInstance(material, namespace, key.keyId, "AES/GCM/NoPadding");
    }

    /** Over one keyring, or several of which the first makes the data key. */
    static ICryptographicMaterialsManager materialsManager(List<IKeyring> keyrings, List<String> required) {
        var keyring = keyrings.size() == 1
                ? keyrings.get(0)
                : PROVIDERS.CreateMultiKeyring(CreateMultiKeyringInput.builder()
                        .generator(keyrings.get(0))
                        .childKeyrings(keyrings.subList(1, keyrings.size()))
                        .build());
        var manager = PROVIDERS.CreateDefaultCryptographicMaterialsManager(
                CreateDefaultCryptographicMaterialsManagerInput.builder().keyring(keyring).build());
        if (required.isEmpty()) return manager;
        return PROVIDERS.CreateRequiredEncryptionContextCMM(CreateRequiredEncryptionContextCMMInput.builder()
                .underlyingCMM(manager)
                .requiredEncryptionContextKeys(required)
                .build());
    }

    static <T> T read(Path path, Class<T> type) throws IOException {
        return JSON.fromJson(Files.readString(path), type);
    }

    static boolean open(Path path) throws IOException {
        var folder = path.toAbsolutePath().getParent();
        var manifest = read(path, Manifest.class);
        var keys = read(file(folder, manifest.keys), Keys.class).keys;
        var crypto = AwsCrypto.builder()
                .withCommitmentPolicy(CommitmentPolicy.RequireEncryptAllowDecrypt)
                .build();
        int opened = 0, refused = 0, failed = 0;
        for (var entry : manifest.tests.entrySet()) {
            var test = entry.getValue();
            var message = Files.readAllBytes(file(folder, test.ciphertext));
            var context = test.context == null ? Map.<String, String>of() : test.context;
            var manager = materialsManager(
                    test.masterKeys.stream().map(key -> readersKeyring(key, keys)).toList(),
                    "RequiredEncryptionContext".equals(test.cmm) ? List.copyOf(context.keySet()) : List.of());
            byte[] plaintext = null;
            String reason = null;
            try {
                plaintext = crypto.decryptData(manager, message, context).getResult();
            } catch (RuntimeException error) { // whatever it throws is a refusal
                reason = "refused: " + error;
            }
            if (test.result.output == null) {
                reason = plaintext == null ? null : "opened, but must be refused";
                if (reason == null) refused++;
            } else {
                var expected = Files.readAllBytes(file(folder, test.result.output.plaintext));
                if (plaintext != null && !Arrays.equals(plaintext, expected)) reason = "another plaintext";
                if (reason == null) opened++;
            }
            if (reason == null) continue;
            failed++;
            System.out.println(JSON.toJson(Map.of("id", entry.getKey(), "reason", reason)));
        }
        System.out.printf("opened %d, refused %d, failed %d%n", opened, refused, failed);
        return failed == 0;
    }

    static Path file(Path folder, String uri) {
        return folder.resolve(uri.substring("file://".length()));
    }

    static boolean write(Path folder) throws IOException {
        var plan = read(folder.resolve("plan.json"), Plan.class);
        var keys = read(folder.resolve("keys.json"), Keys.class).keys;
        for (var planned : plan.messages) {
            var plaintext = Files.readAllBytes(folder.resolve(planned.plaintext));
            var crypto = writer(planned.suite, planned.frame);
            var keyrings = writersKeyrings(planned, keys, plan.namespace);
            var required = planned.required == null ? List.<String>of() : planned.required;
            var sealed = planned.masterKey
                    ? crypto.encryptData(
                            aesMasterKey(keys.get(planned.keys.get(0)), plan.namespace), plaintext, planned.context)
                    : crypto.encryptData(materialsManager(keyrings, required), plaintext, planned.context);
            Files.write(folder.resolve("ciphertexts").resolve(planned.id), sealed.getResult());
        }
        var jar = AwsCrypto.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        System.out.printf("wrote %d with %s%n", plan.messages.size(), jar.replaceAll(".*-java-|\\.jar$", ""));
        return true;
    }

    static AwsCrypto writer(String suite, int frame) {
        var id = Short.parseShort(suite, 16);
        var algorithm = Arrays.stream(CryptoAlgorithm.values())
                .filter(candidate -> candidate.getValue() == id)
                .findFirst()
                .orElseThrow();
        return AwsCrypto.builder()
                .withCommitmentPolicy(algorithm.isCommitting()
                        ? CommitmentPolicy.RequireEncryptAllowDecrypt
                        : CommitmentPolicy.ForbidEncryptAllowDecrypt)
                .withEncryptionAlgorithm(algorithm)
                .withEncryptionFrameSize(frame)
                .build();
    }

    public static void main(String[] arguments) throws IOException {
        var path = Path.of(arguments[1]);
        System.exit((arguments[0].equals("open") ? open(path) : write(path)) ? 0 : 1);
    }
}
