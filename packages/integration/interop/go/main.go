// Opens and writes messages with the AWS Encryption SDK for Go. See ../README.md for its two verbs.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	providers "github.com/aws/aws-cryptographic-material-providers-library/releases/go/mpl/awscryptographymaterialproviderssmithygenerated"
	mpl "github.com/aws/aws-cryptographic-material-providers-library/releases/go/mpl/awscryptographymaterialproviderssmithygeneratedtypes"
	sdk "github.com/aws/aws-encryption-sdk/releases/go/encryption-sdk/awscryptographyencryptionsdksmithygenerated"
	esdk "github.com/aws/aws-encryption-sdk/releases/go/encryption-sdk/awscryptographyencryptionsdksmithygeneratedtypes"
)

const sdkModule = "github.com/aws/aws-encryption-sdk/releases/go/encryption-sdk"

type key struct {
	ID        string `json:"key-id"`
	Algorithm string `json:"algorithm"`
	Type      string `json:"type"`
	Bits      int    `json:"bits"`
	Material  string `json:"material"`
	// Of key agreement: private keys, or ARNs of KMS keys.
	Sender          string `json:"sender-material"`
	Recipient       string `json:"recipient-material"`
	RecipientPublic string `json:"recipient-material-public-key"`
}

type keyFile struct {
	Keys map[string]key `json:"keys"`
}

type message struct {
	Ciphertext string            `json:"ciphertext"`
	MasterKeys []description     `json:"master-keys"`
	CMM        string            `json:"cmm"`
	Context    map[string]string `json:"encryption-context"`
	Result     struct {
		// Without one, the message must be refused.
		Output *struct {
			Plaintext string `json:"plaintext"`
		} `json:"output"`
	} `json:"result"`
}

type manifest struct {
	Keys  string             `json:"keys"`
	Tests map[string]message `json:"tests"`
}

type plan struct {
	Namespace string `json:"namespace"`
	Messages  []struct {
		ID        string            `json:"id"`
		Suite     string            `json:"suite"`
		Frame     int64             `json:"frame"`
		Context   map[string]string `json:"context"`
		Required  []string          `json:"required"`
		Keys      []string          `json:"keys"`
		Seal      *description      `json:"seal"`
		Plaintext string            `json:"plaintext"`
	} `json:"messages"`
}

// must stops the program: nothing that the SDK decides goes through it on reading.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func readJSON[T any](path string) (value T) {
	if err := json.Unmarshal(must(os.ReadFile(path)), &value); err != nil {
		panic(fmt.Errorf("%s: %w", path, err))
	}
	return value
}

func filePath(folder, uri string) string {
	return filepath.Join(folder, strings.TrimPrefix(uri, "file://"))
}

var (
	ctx      = context.Background()
	material = must(providers.NewClient(mpl.MaterialProvidersConfig{}))
)

func client(policy mpl.ESDKCommitmentPolicy) *sdk.Client {
	return must(sdk.NewClient(esdk.AwsEncryptionSdkConfig{CommitmentPolicy: &policy}))
}

func keyring(entry key, namespace string) mpl.IKeyring {
	if entry.Algorithm == "rsa" {
		input := mpl.CreateRawRsaKeyringInput{
			KeyNamespace:  namespace,
			KeyName:       entry.ID,
			PaddingScheme: mpl.PaddingSchemeOaepSha256Mgf1,
		}
		if entry.Type == "public" {
			input.PublicKey = []byte(entry.Material)
		} else {
			input.PrivateKey = []byte(entry.Material)
		}
		return must(material.CreateRawRsaKeyring(ctx, input))
	}
	return must(material.CreateRawAesKeyring(ctx, mpl.CreateRawAesKeyringInput{
		KeyNamespace: namespace,
		KeyName:      entry.ID,
		WrappingKey:  must(base64.StdEncoding.DecodeString(entry.Material)),
		WrappingAlg:  mpl.AesWrappingAlg(fmt.Sprintf("ALG_AES%d_GCM_IV12_TAG16", entry.Bits)),
	}))
}

// Over one keyring, or several of which the first makes the data key.
func materialsManager(keyrings []mpl.IKeyring, required []string) mpl.ICryptographicMaterialsManager {
	single := keyrings[0]
	if len(keyrings) > 1 {
		single = must(material.CreateMultiKeyring(ctx, mpl.CreateMultiKeyringInput{
			Generator:     keyrings[0],
			ChildKeyrings: keyrings[1:],
		}))
	}
	manager := must(material.CreateDefaultCryptographicMaterialsManager(ctx,
		mpl.CreateDefaultCryptographicMaterialsManagerInput{Keyring: single}))
	if len(required) == 0 {
		return manager
	}
	return must(material.CreateRequiredEncryptionContextCMM(ctx, mpl.CreateRequiredEncryptionContextCMMInput{
		UnderlyingCMM:                 manager,
		RequiredEncryptionContextKeys: required,
	}))
}

// decrypt turns a panic of the SDK into an error that says so: it is no refusal.
func decrypt(reader *sdk.Client, input esdk.DecryptInput) (plaintext []byte, err error, panicked any) {
	defer func() { panicked = recover() }()
	opened, err := reader.Decrypt(ctx, input)
	if err != nil {
		return nil, err, nil
	}
	return opened.Plaintext, nil, nil
}

func open(path string) bool {
	folder := filepath.Dir(path)
	listed := readJSON[manifest](path)
	keys := readJSON[keyFile](filePath(folder, listed.Keys)).Keys
	reader := client(mpl.ESDKCommitmentPolicyRequireEncryptAllowDecrypt)
	opened, refused, failed := 0, 0, 0
	for _, id := range slices.Sorted(maps.Keys(listed.Tests)) {
		test := listed.Tests[id]
		keyrings := []mpl.IKeyring{}
		for _, key := range test.MasterKeys {
			keyrings = append(keyrings, readersKeyring(key, keys))
		}
		required := []string{}
		if test.CMM == "RequiredEncryptionContext" {
			required = slices.Collect(maps.Keys(test.Context))
		}
		plaintext, err, panicked := decrypt(reader, esdk.DecryptInput{
			Ciphertext:        must(os.ReadFile(filePath(folder, test.Ciphertext))),
			EncryptionContext: test.Context,
			MaterialsManager:  materialsManager(keyrings, required),
		})
		reason := ""
		switch {
		case panicked != nil:
			reason = fmt.Sprintf("panic: %v", panicked)
		case test.Result.Output == nil && err == nil:
			reason = "opened, but must be refused"
		case test.Result.Output == nil:
			refused++
		case err != nil:
			reason = fmt.Sprintf("refused: %v", err)
		case !bytes.Equal(plaintext, must(os.ReadFile(filePath(folder, test.Result.Output.Plaintext)))):
			reason = "another plaintext"
		default:
			opened++
		}
		if reason != "" {
			failed++
			fmt.Println(string(must(json.Marshal(map[string]string{"id": id, "reason": reason}))))
		}
	}
	fmt.Printf("opened %d, refused %d, failed %d\n", opened, refused, failed)
	return failed == 0
}

func write(folder string) bool {
	todo := readJSON[plan](filepath.Join(folder, "plan.json"))
	keys := readJSON[keyFile](filepath.Join(folder, "keys.json")).Keys
	committing := client(mpl.ESDKCommitmentPolicyRequireEncryptAllowDecrypt)
	others := client(mpl.ESDKCommitmentPolicyForbidEncryptAllowDecrypt)
	for _, planned := range todo.Messages {
		writer := others
		if strings.HasPrefix(planned.Suite, "04") || strings.HasPrefix(planned.Suite, "05") {
			writer = committing
		}
		keyrings := []mpl.IKeyring{}
		for _, name := range planned.Keys {
			keyrings = append(keyrings, keyring(keys[name], todo.Namespace))
		}
		if planned.Seal != nil {
			keyrings = append(keyrings, describedKeyring(*planned.Seal, keys))
		}
		suite := mpl.ESDKAlgorithmSuiteId("0x" + planned.Suite)
		sealed := must(writer.Encrypt(ctx, esdk.EncryptInput{
			Plaintext:         must(os.ReadFile(filepath.Join(folder, planned.Plaintext))),
			EncryptionContext: planned.Context,
			AlgorithmSuiteId:  &suite,
			FrameLength:       &planned.Frame,
			MaterialsManager:  materialsManager(keyrings, planned.Required),
		}))
		must(0, os.WriteFile(filepath.Join(folder, "ciphertexts", planned.ID), sealed.Ciphertext, 0o644))
	}
	fmt.Printf("wrote %d with %s\n", len(todo.Messages), sdkVersion())
	return true
}

func sdkVersion() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == sdkModule {
			return strings.TrimPrefix(module.Version, "v")
		}
	}
	panic("no " + sdkModule + " in this build")
}

func main() {
	verbs := map[string]func(string) bool{"open": open, "write": write}
	if !verbs[os.Args[1]](os.Args[2]) {
		os.Exit(1)
	}
}
