#include "tui/session/stick_key.h"

#include <filesystem>

#include "tui/session/bench.h"
#include "wiper/audit/checker_files.h"
#include "wiper/audit/lost_sticks.h"
#include "wiper/certificate/schema.h"
#include "wiper/crypto/sshsig.h"
#include "wiper/ledger/ledger.h"
#include "wiper/stick/paths.h"

namespace relance {
namespace {

constexpr const char* kWorkshopKey = "racine-cle.pem";
constexpr std::string_view kProbe =
    "relance";  // Signed and checked once, to know that key, certificate and root belong together.

Error unreadable(const std::string& what, const Error& error) {
  return {Errc::Invalid, Stop::KeyUnreadable, what + ": " + error.detail};
}

Result<Bytes> read_key_file(Store& folder, const std::string& path) {
  Result<Bytes> bytes = folder.read(path);
  if (bytes.ok() || bytes.error().code == Errc::Gone) return bytes;  // A stick that is away has no unreadable key.
  return unreadable(path, bytes.error());
}

Result<StickKey> read_pair(Store& folder, const char* key_file, const char* certificate_file,
                           const std::string& passphrase) {
  const Bytes key_pem = TRY(read_key_file(folder, key_file));
  const Bytes certificate_pem = TRY(read_key_file(folder, certificate_file));
  KeyCertificate certificate = TRY(KeyCertificate::open(certificate_pem));
  PrivateKey key = TRY(PrivateKey::open(key_pem, passphrase));
  TRY(check_pair(key, certificate));
  return StickKey{std::move(key), std::move(certificate)};
}

Result<void> make_folder(const std::string& folder) {
  std::error_code trouble;
  std::filesystem::create_directories(folder, trouble);
  if (trouble) return Error{Errc::Io, Stop::StickReadOnly, folder + ": " + trouble.message()};
  return {};
}

Result<void> publish(Store& store, const std::string& path, const std::string& text) {
  return store.publish(path, as_bytes(text));
}

// Whoever loses the stick needs to know which key it had.
Result<void> keep_issued(Store& workshop, const KeyCertificate& certificate) {
  const std::string name = certificate.common_name();
  const std::string key = to_hex(certificate.fingerprint()).substr(0, 8);
  return workshop.publish(
      std::string(kIssuedFolder) + "/" + file_name_part(name.substr(0, name.find('@'))) + "_" + key + ".pem",
      certificate.to_pem());
}

// The newest list of lost sticks, as the workshop has it.
Result<void> copy_list(Store& workshop, Store& stick, const KeyCertificate& root) {
  const Revoked revoked = TRY(read_revoked(workshop, kLostFolder, root));
  if (revoked.newest().number == 0) return Done{};
  const std::string name = "/" + lost_sticks_file(revoked.newest().number);
  for (const std::string& file : {name + ".p7s", name}) {
    const Bytes bytes = TRY(workshop.read(kLostFolder + file));
    if (!stick.exists(kCheckerFolder + file)) {
      TRY(stick.publish(kCheckerFolder + file, bytes));
    }
  }
  return Done{};
}

}  // namespace

Result<KeyCertificate> read_root(Store& stick) {
  const Bytes pem = TRY(read_key_file(stick, kRootFile));
  return KeyCertificate::open(pem);
}

Result<KeyCertificate> read_root_file(const std::string& path) {
  const std::filesystem::path file(path);
  const std::string folder = file.parent_path().empty() ? "." : file.parent_path().string();
  Result<std::shared_ptr<Store>> store = open_folder(folder);
  if (!store.ok()) return unreadable(path, store.error());
  const Bytes pem = TRY(read_key_file(*store.value(), file.filename().string()));
  return KeyCertificate::open(pem);
}

Result<StickKey> open_stick_key(Store& stick, const std::string& passphrase) {
  const KeyCertificate root = TRY(read_root(stick));
  StickKey key = TRY(read_pair(stick, kStickKeyFile, kStickCertificateFile, passphrase));
  const Bytes signature = TRY(cms_sign(as_bytes(kProbe), key.key, key.certificate, 0));
  TRY(cms_verify(as_bytes(kProbe), signature, root));
  const Revoked revoked = TRY(read_revoked(stick, kCheckerFolder, root));
  if (const LostStick* lost = revoked.find(key.certificate.fingerprint()))
    return Error{Errc::Refused, Stop::KeyRevoked, lost->stick + " was reported lost: prepare it anew"};
  return key;
}

Result<WorkshopKey> open_workshop_key(const std::string& folder, const std::string& passphrase) {
  Result<std::shared_ptr<Store>> store = open_folder(folder);
  if (!store.ok()) return unreadable(folder, store.error());
  StickKey pair = TRY(read_pair(*store.value(), kWorkshopKey, kWorkshopRoot, passphrase));
  return WorkshopKey{std::move(pair.key), std::move(pair.certificate)};
}

Result<MadeKey> make_workshop(const std::string& folder, const std::string& name, const std::string& passphrase,
                              std::int64_t now_s) {
  TRY(make_folder(folder));
  const std::shared_ptr<Store> store = TRY(open_folder(folder));
  if (store->exists(kWorkshopRoot) || store->exists(kWorkshopKey))
    return Error{Errc::Refused, Stop::RecordTaken, folder + " holds a workshop's key already"};
  const PrivateKey key = PrivateKey::make();
  const KeyCertificate root = TRY(make_root_certificate(key, name, now_s));
  TRY(store->publish(kWorkshopKey, key.to_pem(passphrase)));
  TRY(store->publish(kWorkshopRoot, root.to_pem()));
  return MadeKey{folder, root.common_name(), to_hex(root.fingerprint())};
}

Result<StickKey> open_responsable_key(const std::string& folder, const std::string& passphrase) {
  Result<std::shared_ptr<Store>> store = open_folder(folder);
  if (!store.ok()) return unreadable(folder, store.error());
  return read_pair(*store.value(), kResponsableKey, kResponsableCertificate, passphrase);
}

Result<MadeKey> make_responsable(const ResponsableWish& wish, const std::string& workshop_passphrase,
                                 const std::string& passphrase, std::int64_t now_s) {
  const WorkshopKey workshop = TRY(open_workshop_key(wish.workshop_folder, workshop_passphrase));
  TRY(make_folder(wish.folder));
  const std::shared_ptr<Store> folder = TRY(open_folder(wish.folder));
  if (folder->exists(kResponsableKey))
    return Error{Errc::Refused, Stop::RecordTaken, wish.folder + " holds a responsable's key already"};
  const PrivateKey key = PrivateKey::make();
  const KeyCertificate certificate =
      TRY(certify_responsable(workshop.key, workshop.certificate, key, wish.name, now_s));
  const std::shared_ptr<Store> kept = TRY(open_folder(wish.workshop_folder));
  TRY(keep_issued(*kept, certificate));
  if (!folder->exists(kWorkshopRoot)) {
    TRY(folder->publish(kWorkshopRoot, workshop.certificate.to_pem()));
  }
  TRY(folder->publish(kResponsableCertificate, certificate.to_pem()));
  TRY(folder->publish(kResponsableKey, key.to_pem(passphrase)));
  return MadeKey{wish.folder, certificate.common_name(), to_hex(workshop.certificate.fingerprint())};
}

Result<MadeKey> make_stick(const StickWish& wish, const std::string& workshop_passphrase,
                           const std::string& stick_passphrase, Executor& executor) {
  const std::int64_t now_s = executor.pc_clock_s();
  const WorkshopKey workshop = TRY(open_workshop_key(wish.workshop_folder, workshop_passphrase));
  TRY(make_folder(wish.folder));
  const std::shared_ptr<Store> stick = TRY(open_folder(wish.folder));
  if (stick->exists(kStickKeyFile))
    return Error{Errc::Refused, Stop::RecordTaken, wish.folder + " holds a stick's key already"};

  const PrivateKey key = PrivateKey::make();
  const KeyCertificate certificate = TRY(certify_stick(workshop.key, workshop.certificate, key, wish.name, now_s));
  for (const char* part : {kJournalFolder, kCertificateFolder, kLedgerFolder, kImageFolder, kCheckerFolder})
    TRY(make_folder(wish.folder + "/" + part));
  if (!stick->exists(kProfileFile)) {
    Profile profile;
    profile.workshop = workshop.certificate.common_name();
    profile.policy.language = wish.language;
    TRY(publish(*stick, kProfileFile, example_profile(profile)));
  }
  if (!stick->exists(kRootFile)) TRY(stick->publish(kRootFile, workshop.certificate.to_pem()));
  if (!stick->exists(kAllowedSignersFile))
    TRY(publish(*stick, kAllowedSignersFile, allowed_signer(certificate, kSshNamespace)));
  if (!stick->exists(kRootDerFile)) TRY(stick->publish(kRootDerFile, workshop.certificate.to_der()));
  if (!stick->exists(kSchemaFile)) TRY(publish(*stick, kSchemaFile, certificate_schema()));
  if (!stick->exists(kVerifFile)) TRY(publish(*stick, kVerifFile, verif_page(workshop.certificate)));
  if (!stick->exists(kGuideFile)) TRY(publish(*stick, kGuideFile, auditor_guide(certificate)));
  const std::shared_ptr<Store> kept = TRY(open_folder(wish.workshop_folder));
  TRY(keep_issued(*kept, certificate));
  TRY(copy_list(*kept, *stick, workshop.certificate));
  TRY(stick->publish(kStickCertificateFile, certificate.to_pem()));
  TRY(stick->publish(kStickKeyFile, key.to_pem(stick_passphrase)));
  Ledger ledger(stick, executor, ledger_file(certificate));
  TRY(put_in_service(ledger, {key, certificate}, now_s));
  return MadeKey{wish.folder, certificate.common_name(), to_hex(workshop.certificate.fingerprint())};
}

}  // namespace relance
