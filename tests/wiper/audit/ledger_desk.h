#pragma once
// A stick with its ledger and its certificates, and what others keep of it.

#include <doctest/doctest.h>

#include "tests/support/inline_executor.h"
#include "tests/support/memory_store.h"
#include "tests/support/sample_certificate.h"
#include "tests/support/workshop.h"
#include "wiper/audit/audit.h"
#include "wiper/ledger/ledger.h"

namespace relance {

inline const std::string kFile = "REGISTRE/registre-07.txt";
inline const std::string kOtherFile = "REGISTRE/registre-07.bis";

// A stick on which runs were begun and certified.
struct Desk {
  std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
  InlineExecutor executor;
  Ledger ledger{store, executor, ledger_file(workshop().stick)};
  Desk() { REQUIRE(put_in_service(ledger, workshop().signer, kCertified_s - 9999).ok()); }

  LedgerLine enter(const Ledger::Make& make) { return ledger.append(workshop().signer, make).value(); }

  LedgerLine begin(const Certificate& of, const LedgerSalt& salt = {}) {
    const BegunEntry entry{
        .run = "run",
        .drive = "1",
        .machine = hidden(salt, NamesOfMachine{of.machine.maker, of.machine.product, of.machine.serial}),
        .device = hidden(salt, NamesOfDrive{of.drive.model, of.drive.serial, of.drive.wwn})};
    return enter([&](const LedgerPlace&) -> Result<LedgerWish> {
      return LedgerWish{LedgerKind::Begun, to_value(entry), kCertified_s - 3600};
    });
  }
  // The certificate with its line; its file.
  std::string end(Certificate certificate, std::uint64_t begun, bool is_entered = true) {
    PublishedCertificate published;
    const Result<LedgerLine> entered =
        ledger.append(workshop().signer, [&](const LedgerPlace& next) -> Result<LedgerWish> {
          certificate.ledger = CertifiedLedger{ledger.path(), next.rank, next.previous, begun, {}};
          published = TRY(publish_certificate(*store, certificate, kCertified_s, workshop().signer));
          if (!is_entered) return Error{Errc::Gone, Stop::StickGone, "pulled"};
          const EndedEntry entry{begun, std::string(name_of(certificate.verdict)), published.sha256};
          return LedgerWish{LedgerKind::Finished, to_value(entry), kCertified_s};
        });
    REQUIRE(entered.ok() == is_entered);
    return published.file;
  }
  std::string erase_one() {
    const Certificate certificate = erased_certificate();
    return end(certificate, begin(certificate).rank);
  }
  void cut_tail(std::size_t lines) {
    for (const std::string& file : {kFile, kOtherFile}) {
      std::string text(as_text(store->files.at(file)));
      for (std::size_t i = 0; i < lines; ++i) text.resize(text.rfind('\n', text.size() - 2) + 1);
      store->files[file] = Bytes(as_bytes(text).begin(), as_bytes(text).end());
    }
  }
  void forget(const std::string& json) {
    const std::string base = json.substr(0, json.size() - 5);
    for (const char* ending : {".json", ".json.p7s", ".json.sig", ".pdf"}) store->files.erase(base + ending);
  }
  AuditReport audit(const std::map<std::string, Bytes>& witnesses = {}, std::vector<SeenHead> heads = {}) const {
    std::vector<std::string> paths;
    for (const auto& [path, bytes] : store->files) paths.push_back(path);
    AuditOptions options;
    options.heads = std::move(heads);
    for (const auto& [path, bytes] : witnesses) options.witnesses.push_back(path);
    const auto read = [&](const std::string& path) -> Result<Bytes> {
      if (witnesses.contains(path)) return witnesses.at(path);
      return store->read(path);
    };
    return relance::audit(paths, read, workshop().root, options);
  }
};

// What somebody else keeps of a stick, under another folder.
inline std::map<std::string, Bytes> kept(const Desk& desk, const std::string& file) {
  std::map<std::string, Bytes> files;
  for (const auto& [path, bytes] : desk.store->files)
    if (path.starts_with(file)) files["kept/" + path.substr(path.rfind('/') + 1)] = bytes;
  return files;
}

}  // namespace relance
