#pragma once
// Keys: the workshop's, made once and kept away from the bench, and each stick's, certified by it.
//
//   WORKSHOP/racine.pem  racine-cle.pem      the root's certificate and its key under a passphrase
//   STICK/VERIFIER/racine.pem                what strangers check certificates with
//   STICK/VERIFIER/allowed_signers           the same for ssh-keygen: this stick's key, for certificates only
//   STICK/VERIFIER/certificat.schema.json    what a certificate's JSON may say
//   STICK/VERIFIER/racine.cer                the root for Windows and Acrobat
//   STICK/VERIFIER/verif.html  LISEZMOI.txt  a page that checks in any browser; how to check by hand
//   STICK/CLE/cle.pem  certificat.pem        the stick's key under its passphrase, and its certificate

#include <string>

#include "tui/profile/profile.h"
#include "wiper/base/executor.h"
#include "wiper/certificate/publish.h"

namespace relance {

inline constexpr const char* kRootFile = "VERIFIER/racine.pem";
inline constexpr const char* kAllowedSignersFile = "VERIFIER/allowed_signers";
inline constexpr const char* kSchemaFile = "VERIFIER/certificat.schema.json";
inline constexpr const char* kRootDerFile = "VERIFIER/racine.cer";
inline constexpr const char* kVerifFile = "VERIFIER/verif.html";
inline constexpr const char* kGuideFile = "VERIFIER/LISEZMOI.txt";
inline constexpr const char* kStickKeyFile = "CLE/cle.pem";
inline constexpr const char* kStickCertificateFile = "CLE/certificat.pem";

struct StickKey {
  PrivateKey key;
  KeyCertificate certificate;
  SigningKey signer() const { return {key, certificate}; }
};

// KeyUnreadable: no root on the stick, or not such a file.
Result<KeyCertificate> read_root(Store& stick);
Result<KeyCertificate> read_root_file(const std::string& path);
// KeyUnreadable, KeyPassphrase; KeyStranger: certified by another root than the one beside it; KeyRevoked: a list beside it
// says that this stick was lost.
Result<StickKey> open_stick_key(Store& stick, const std::string& passphrase);

// Of a workshop's folder: its root and its key, the certificates of all sticks that it made, its lists of lost ones.
inline constexpr const char* kWorkshopRoot = "racine.pem";
inline constexpr const char* kIssuedFolder = "cles";
inline constexpr const char* kLostFolder = "trousseau";

struct WorkshopKey {
  PrivateKey key;
  KeyCertificate certificate;
};
Result<WorkshopKey> open_workshop_key(const std::string& folder, const std::string& passphrase);

// Of a responsable's folder.
inline constexpr const char* kResponsableKey = "responsable-cle.pem";
inline constexpr const char* kResponsableCertificate = "responsable.pem";
Result<StickKey> open_responsable_key(const std::string& folder, const std::string& passphrase);

struct MadeKey {
  std::string folder;
  std::string name;         // Common name.
  std::string fingerprint;  // Of the root: lower-case hex.
  static constexpr auto fields() {
    return std::tuple{field("folder", &MadeKey::folder), field("name", &MadeKey::name),
                      field("root_fingerprint", &MadeKey::fingerprint)};
  }
};

// A new root in a folder that has none; RecordTaken otherwise.
Result<MadeKey> make_workshop(const std::string& folder, const std::string& name, const std::string& passphrase,
                              std::int64_t now_s);

// The key that signs the reports of lots, with the root beside it; RecordTaken if one lies there.
struct ResponsableWish {
  std::string folder;
  std::string workshop_folder;
  std::string name;  // "claire"
};
Result<MadeKey> make_responsable(const ResponsableWish& wish, const std::string& workshop_passphrase,
                                 const std::string& passphrase, std::int64_t now_s);

struct StickWish {
  std::string folder;
  std::string workshop_folder;
  std::string name;  // "07"
  Language language = Language::French;
};
// The whole stick folder: its key, the first line of its ledger, the root, the newest list of lost sticks, an example
// profile, the empty folders. Its certificate is kept in the workshop's folder, too. A folder that holds a stick's key is
// refused (RecordTaken); a profile that lies there stays.
Result<MadeKey> make_stick(const StickWish& wish, const std::string& workshop_passphrase,
                           const std::string& stick_passphrase, Executor& executor);

}  // namespace relance
