//! What can be wrong with a receipt, in both languages, with what to do.

use super::MAX_BYTES;
use crate::Part;

/// Why a receipt is not believed. [`ReceiptError::zh`] and [`ReceiptError::en`] are for people,
/// [`ReceiptError::code`] is for programs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
#[non_exhaustive]
pub enum ReceiptError {
    /// The text is no receipt: not JSON, a field missing, superfluous or out of form.
    Malformed {
        /// What was found first, in English, for the technically minded.
        reason: String,
    },
    /// The text is longer than [`super::MAX_BYTES`].
    TooLong,
    /// The text reads as a receipt but is not spelled as the platform spells it.
    NotCanonical,
    /// A version that this release does not know.
    UnknownVersion {
        /// The version.
        version: u64,
    },
    /// An algorithm that this release does not know.
    UnknownAlgorithm {
        /// Its name.
        name: String,
    },
    /// The outcome does not show its marks as a list of texts.
    MarksMissing,
    /// The marks at the head of the receipt are not those of the outcome.
    MarksChanged,
    /// What is shown of one part is not what the entry committed to.
    ContentChanged {
        /// Input or outcome.
        part: Part,
    },
    /// The entry is not in the tree of the checkpoint.
    NotInTree,
    /// The checkpoint is not in form or bears further signatures.
    CheckpointMalformed,
    /// The checkpoint is of a log with another name than the key.
    OtherLog {
        /// The log of the checkpoint.
        origin: String,
        /// The name of the key.
        key: String,
    },
    /// The entry was hashed otherwise than the log of the key.
    OtherHash {
        /// The hash of the entry.
        found: String,
        /// The hash of the log of the key.
        key: String,
    },
    /// The checkpoint was not signed with the key that the receipt names.
    SignatureInvalid {
        /// The name of the key.
        key: String,
    },
    /// The trusted key that was given is itself malformed.
    TrustedKeyMalformed,
    /// The receipt is in order, but made with another key than the trusted one.
    OtherKey {
        /// The key in the receipt.
        found: String,
        /// The trusted key.
        trusted: String,
    },
}

impl ReceiptError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ReceiptError::Malformed { .. } => "receipt.malformed",
            ReceiptError::TooLong => "receipt.too_long",
            ReceiptError::NotCanonical => "receipt.not_canonical",
            ReceiptError::UnknownVersion { .. } => "receipt.unknown_version",
            ReceiptError::UnknownAlgorithm { .. } => "receipt.unknown_algorithm",
            ReceiptError::MarksMissing => "receipt.marks_missing",
            ReceiptError::MarksChanged => "receipt.marks_changed",
            ReceiptError::ContentChanged { .. } => "receipt.content_changed",
            ReceiptError::NotInTree => "receipt.not_in_tree",
            ReceiptError::CheckpointMalformed => "receipt.checkpoint_malformed",
            ReceiptError::OtherLog { .. } => "receipt.other_log",
            ReceiptError::OtherHash { .. } => "receipt.other_hash",
            ReceiptError::SignatureInvalid { .. } => "receipt.signature_invalid",
            ReceiptError::TrustedKeyMalformed => "receipt.trusted_key_malformed",
            ReceiptError::OtherKey { .. } => "receipt.other_key",
        }
    }

    /// What happened and what to do, in English.
    pub fn en(&self) -> String {
        match self {
            ReceiptError::Malformed { reason } => format!(
                "this is not a receipt, or a part of it is missing ({reason}); \
                 use the file exactly as the platform gave it"
            ),
            ReceiptError::TooLong => format!(
                "the receipt is longer than {MAX_BYTES} bytes; show fewer or smaller fields, \
                 and attach files by their hash"
            ),
            ReceiptError::NotCanonical => "the text differs from the form the platform writes, \
                 if only in spaces or line ends; use the file as it was downloaded, not a copy \
                 that an editor or a mail programme has touched"
                .to_owned(),
            ReceiptError::UnknownVersion { version } => format!(
                "the receipt is of version {version}, which this release cannot read; \
                 check it with a newer release"
            ),
            ReceiptError::UnknownAlgorithm { name } => format!(
                "the receipt uses the algorithm `{name}`, which this release does not know; \
                 check it with a release that has it"
            ),
            ReceiptError::MarksMissing => "the receipt does not show the marks of its outcome; \
                 somebody may have removed them: ask the platform for the receipt again"
                .to_owned(),
            ReceiptError::MarksChanged => "the marks at the head of the receipt are not those of \
                 its outcome: the receipt was changed; ask the platform for it again"
                .to_owned(),
            ReceiptError::ContentChanged { part } => format!(
                "what the receipt shows of the {part} is not what was entered in the log: \
                 the receipt was changed; ask the platform for it again and compare"
            ),
            ReceiptError::NotInTree => "the entry is not in the log at the place and time that \
                 the receipt states: the entry, the proof or the checkpoint was changed or \
                 belongs to another log; ask the platform for the receipt again and, if it stays \
                 so, inform the supervising authority"
                .to_owned(),
            ReceiptError::CheckpointMalformed => "the checkpoint in the receipt is not in form: \
                 it was changed; ask the platform for the receipt again"
                .to_owned(),
            ReceiptError::OtherLog { origin, key } => format!(
                "the checkpoint is of the log `{origin}`, but the key is of `{key}`; \
                 ask the platform for the receipt again"
            ),
            ReceiptError::OtherHash { found, key } => format!(
                "the entry is of the hash {found}, but the log of the key is of {key}: the receipt \
                 was changed; ask the platform for it again"
            ),
            ReceiptError::SignatureInvalid { key } => format!(
                "the checkpoint was not signed with the key `{key}`: it was changed or forged; \
                 ask the platform for the receipt again and do not rely on this one"
            ),
            ReceiptError::TrustedKeyMalformed => "the trusted key you gave is not a key or was \
                 cut; copy it again as a whole, in the form name+number+letters"
                .to_owned(),
            ReceiptError::OtherKey { found, trusted } => format!(
                "the receipt was made with the key `{found}`, not with your trusted key \
                 `{trusted}`: it is of another platform, of a replaced key, or forged; \
                 ask the authority which key was in use at the time"
            ),
        }
    }

    /// What happened and what to do, in Chinese.
    pub fn zh(&self) -> String {
        match self {
            ReceiptError::Malformed { reason } => {
                format!("这不是一份回执，或内容有缺失（{reason}）；请使用平台给出的原文件")
            }
            ReceiptError::TooLong => {
                format!("回执超过 {MAX_BYTES} 字节；请减少所示字段，附件只登记其哈希")
            }
            ReceiptError::NotCanonical => "文本与平台写出的格式不一致（可能只是空格或换行）；\
                 请使用下载的原文件，不要使用经编辑器或邮件程序改动过的副本"
                .to_owned(),
            ReceiptError::UnknownVersion { version } => {
                format!("回执版本为 {version}，本程序无法读取；请用更新的版本核验")
            }
            ReceiptError::UnknownAlgorithm { name } => {
                format!("回执使用的算法 `{name}` 本程序不认识；请用支持该算法的版本核验")
            }
            ReceiptError::MarksMissing => {
                "回执没有示出其结果的标记，可能被人删去；请向平台重新索取回执".to_owned()
            }
            ReceiptError::MarksChanged => {
                "回执开头的标记与其结果中的标记不一致，回执已被改动；请向平台重新索取".to_owned()
            }
            ReceiptError::ContentChanged { part } => format!(
                "回执所示的{}与存证日志中登记的不一致，回执已被改动；请向平台重新索取并比对",
                match part {
                    Part::Input => "提交内容",
                    Part::Outcome => "处理结果",
                }
            ),
            ReceiptError::NotInTree => "该记录不在回执所称的日志位置：记录、证明或检查点被改动，\
                 或属于另一日志；请向平台重新索取，若仍如此，请告知主管部门"
                .to_owned(),
            ReceiptError::CheckpointMalformed => {
                "回执中的检查点格式不符，已被改动；请向平台重新索取回执".to_owned()
            }
            ReceiptError::OtherLog { origin, key } => {
                format!("检查点属于日志 `{origin}`，而密钥属于 `{key}`；请向平台重新索取回执")
            }
            ReceiptError::OtherHash { found, key } => format!(
                "记录使用的哈希算法是 {found}，而公钥所属日志使用 {key}，回执已被改动；请向平台重新索取"
            ),
            ReceiptError::SignatureInvalid { key } => format!(
                "检查点不是用密钥 `{key}` 签名的，已被改动或伪造；\
                 请向平台重新索取回执，不要采信此份"
            ),
            ReceiptError::TrustedKeyMalformed => {
                "所给的可信公钥格式不符或不完整；请完整复制，形如 名称+编号+字符".to_owned()
            }
            ReceiptError::OtherKey { found, trusted } => format!(
                "回执由密钥 `{found}` 签发，而不是您信任的密钥 `{trusted}`：\
                 可能属于另一平台、密钥已更换或系伪造；请向主管部门核对当时使用的密钥"
            ),
        }
    }
}
