//! Opens and writes messages with the AWS Encryption SDK for Rust. See ../../README.md for its two verbs.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aws_esdk::AwsEncryptionSdkConfig;
use aws_esdk::client::Client;
use aws_esdk::material_providers::client::Client as Providers;
use aws_esdk::material_providers::types::cryptographic_materials_manager::CryptographicMaterialsManagerRef;
use aws_esdk::material_providers::types::keyring::KeyringRef;
use aws_esdk::material_providers::types::material_providers_config::MaterialProvidersConfig;
use aws_esdk::material_providers::types::{
    AesWrappingAlg, EsdkAlgorithmSuiteId as Suite, EsdkCommitmentPolicy as Policy, PaddingScheme,
};
use base64::Engine;
use serde::Deserialize;
use serde::de::DeserializeOwned;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SUITES: [(&str, Suite); 11] = [
    ("0014", Suite::AlgAes128GcmIv12Tag16NoKdf),
    ("0046", Suite::AlgAes192GcmIv12Tag16NoKdf),
    ("0078", Suite::AlgAes256GcmIv12Tag16NoKdf),
    ("0114", Suite::AlgAes128GcmIv12Tag16HkdfSha256),
    ("0146", Suite::AlgAes192GcmIv12Tag16HkdfSha256),
    ("0178", Suite::AlgAes256GcmIv12Tag16HkdfSha256),
    ("0214", Suite::AlgAes128GcmIv12Tag16HkdfSha256EcdsaP256),
    ("0346", Suite::AlgAes192GcmIv12Tag16HkdfSha384EcdsaP384),
    ("0378", Suite::AlgAes256GcmIv12Tag16HkdfSha384EcdsaP384),
    ("0478", Suite::AlgAes256GcmHkdfSha512CommitKey),
    ("0578", Suite::AlgAes256GcmHkdfSha512CommitKeyEcdsaP384),
];

#[derive(Deserialize)]
struct Key {
    #[serde(rename = "key-id")]
    id: String,
    algorithm: String,
    r#type: String,
    material: String,
}

#[derive(Deserialize)]
struct Keys {
    keys: HashMap<String, Key>,
}

#[derive(Deserialize)]
struct MasterKey {
    key: String,
    #[serde(rename = "provider-id")]
    namespace: String,
}

#[derive(Deserialize)]
struct Output {
    plaintext: String,
}

/// Without an output, the message must be refused.
#[derive(Deserialize)]
struct Outcome {
    output: Option<Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Message {
    ciphertext: String,
    master_keys: Vec<MasterKey>,
    #[serde(default)]
    cmm: String,
    #[serde(default)]
    encryption_context: HashMap<String, String>,
    result: Outcome,
}

#[derive(Deserialize)]
struct Manifest {
    keys: String,
    tests: BTreeMap<String, Message>,
}

#[derive(Deserialize)]
struct Planned {
    id: String,
    suite: String,
    frame: i64,
    context: HashMap<String, String>,
    required: Vec<String>,
    keys: Vec<String>,
    plaintext: String,
}

#[derive(Deserialize)]
struct Plan {
    namespace: String,
    messages: Vec<Planned>,
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn file(folder: &Path, uri: &str) -> PathBuf {
    folder.join(uri.trim_start_matches("file://"))
}

fn client(policy: Policy) -> Result<Client> {
    let config = AwsEncryptionSdkConfig::builder().commitment_policy(policy).build()?;
    Ok(Client::from_conf(config)?)
}

async fn keyring(providers: &Providers, key: &Key, namespace: &str) -> Result<KeyringRef> {
    if key.algorithm == "rsa" {
        let input = providers
            .create_raw_rsa_keyring()
            .key_namespace(namespace)
            .key_name(&key.id)
            .padding_scheme(PaddingScheme::OaepSha256Mgf1);
        let pem = key.material.as_bytes();
        let input = if key.r#type == "public" { input.public_key(pem) } else { input.private_key(pem) };
        return Ok(input.send().await?);
    }
    let material = base64::prelude::BASE64_STANDARD.decode(&key.material)?;
    let algorithm = match material.len() {
        16 => AesWrappingAlg::AlgAes128GcmIv12Tag16,
        24 => AesWrappingAlg::AlgAes192GcmIv12Tag16,
        _ => AesWrappingAlg::AlgAes256GcmIv12Tag16,
    };
    let input = providers.create_raw_aes_keyring().key_namespace(namespace).key_name(&key.id);
    Ok(input.wrapping_key(material).wrapping_alg(algorithm).send().await?)
}

/// Over one keyring, or several of which the first makes the data key.
async fn materials_manager(
    providers: &Providers,
    mut keyrings: Vec<KeyringRef>,
    required: Vec<String>,
) -> Result<CryptographicMaterialsManagerRef> {
    let first = keyrings.remove(0);
    let single = if keyrings.is_empty() {
        first
    } else {
        providers.create_multi_keyring().generator(first).child_keyrings(keyrings).send().await?
    };
    let manager = providers.create_default_cryptographic_materials_manager().keyring(single).send().await?;
    if required.is_empty() {
        return Ok(manager);
    }
    let input = providers.create_required_encryption_context_cmm().underlying_cmm(manager);
    Ok(input.required_encryption_context_keys(required).send().await?)
}

async fn open(path: &Path) -> Result<bool> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let manifest: Manifest = read_json(path)?;
    let Keys { keys } = read_json(&file(folder, &manifest.keys))?;
    let providers = Providers::from_conf(MaterialProvidersConfig::builder().build()?)?;
    let reader = client(Policy::RequireEncryptAllowDecrypt)?;
    let (mut opened, mut refused, mut failed) = (0, 0, 0);
    for (id, test) in manifest.tests {
        let mut keyrings = Vec::new();
        for key in &test.master_keys {
            keyrings.push(keyring(&providers, &keys[&key.key], &key.namespace).await?);
        }
        let required = match test.cmm.as_str() {
            "RequiredEncryptionContext" => test.encryption_context.keys().cloned().collect(),
            _ => Vec::new(),
        };
        let message = fs::read(file(folder, &test.ciphertext))?;
        let request = reader
            .decrypt()
            .ciphertext(message)
            .encryption_context(test.encryption_context)
            .materials_manager(materials_manager(&providers, keyrings, required).await?);
        // In a task of its own, so that a panic of the SDK is told from a refusal.
        let outcome = tokio::spawn(async move { request.send().await }).await;
        let plaintext = match &outcome {
            Ok(Ok(output)) => output.plaintext.as_ref().map(|blob| blob.as_ref()),
            _ => None,
        };
        let reason = match (&outcome, &test.result.output) {
            (Err(panic), _) => Some(format!("panic: {panic}")),
            (Ok(Ok(_)), None) => Some("opened, but must be refused".to_owned()),
            (Ok(Err(_)), None) => {
                refused += 1;
                None
            }
            (Ok(Err(error)), Some(_)) => Some(format!("refused: {error}")),
            (Ok(Ok(_)), Some(output)) if plaintext == Some(&fs::read(file(folder, &output.plaintext))?) => {
                opened += 1;
                None
            }
            _ => Some("another plaintext".to_owned()),
        };
        if let Some(reason) = reason {
            failed += 1;
            println!("{}", serde_json::json!({ "id": id, "reason": reason }));
        }
    }
    println!("opened {opened}, refused {refused}, failed {failed}");
    Ok(failed == 0)
}

async fn write(folder: &Path) -> Result<bool> {
    let plan: Plan = read_json(&folder.join("plan.json"))?;
    let Keys { keys } = read_json(&folder.join("keys.json"))?;
    let providers = Providers::from_conf(MaterialProvidersConfig::builder().build()?)?;
    let committing = client(Policy::RequireEncryptAllowDecrypt)?;
    let others = client(Policy::ForbidEncryptAllowDecrypt)?;
    let total = plan.messages.len();
    for planned in plan.messages {
        let (name, suite) = SUITES.iter().find(|(id, _)| *id == planned.suite).ok_or("unknown suite")?;
        let writer = if name.starts_with("04") || name.starts_with("05") { &committing } else { &others };
        let mut keyrings = Vec::new();
        for key in &planned.keys {
            keyrings.push(keyring(&providers, &keys[key], &plan.namespace).await?);
        }
        let sealed = writer
            .encrypt()
            .plaintext(fs::read(folder.join(&planned.plaintext))?)
            .encryption_context(planned.context)
            .algorithm_suite_id(*suite)
            .frame_length(planned.frame)
            .materials_manager(materials_manager(&providers, keyrings, planned.required).await?)
            .send()
            .await?;
        fs::write(folder.join("ciphertexts").join(&planned.id), sealed.ciphertext.ok_or("no ciphertext")?)?;
    }
    println!("wrote {total} with {}", sdk_version()?);
    Ok(true)
}

/// As locked: what was built.
fn sdk_version() -> Result<&'static str> {
    let (_, after) =
        include_str!("../Cargo.lock").split_once("name = \"aws-esdk\"\nversion = \"").ok_or("not locked")?;
    Ok(after.split('"').next().ok_or("no version")?)
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().collect();
    let path = Path::new(&arguments[2]);
    let good = if arguments[1] == "open" { open(path).await? } else { write(path).await? };
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
