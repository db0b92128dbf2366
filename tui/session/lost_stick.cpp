#include "tui/session/lost_stick.h"

#include <algorithm>

#include "tui/session/bench.h"
#include "tui/session/stick_key.h"
#include "wiper/audit/gather.h"
#include "wiper/base/iso_time.h"

namespace relance {
namespace {

Error refused(Stop stop, std::string detail) { return {Errc::Refused, stop, std::move(detail)}; }

// The key of the stick with that name; of several that were made under it, the last.
Result<LostStick> find_issued(Store& workshop, const std::string& name) {
  std::optional<LostStick> last;
  std::int64_t last_made_s = 0;
  const std::vector<std::string> files = TRY(workshop.list(kIssuedFolder));
  for (const std::string& file : files) {
    const Bytes pem = TRY(workshop.read(std::string(kIssuedFolder) + "/" + file));
    const KeyCertificate key = TRY(KeyCertificate::open(pem));
    const bool is_of_it = key.common_name().starts_with(std::string(kStickBeginning) + name + "@");
    if (!is_of_it || (last && key.not_before_s() < last_made_s)) continue;
    last = LostStick{.stick = key.common_name(), .key = key.fingerprint()};
    last_made_s = key.not_before_s();
  }
  if (!last) return refused(Stop::Usage, "no stick \"" + name + "\" was made by this workshop");
  return *last;
}

Result<AuditReport> hear_witnesses(const std::vector<std::string>& paths, const KeyCertificate& root) {
  const std::vector<std::string> files = TRY(gather(paths));
  AuditReport report = audit(files, read_audited, root, {.accept_trials = true, .witnesses = {}, .heads = {}});
  const auto refusal = [](const auto& each) {
    return Error{Errc::Refused, static_cast<Stop>(each.stop), each.path + ": " + each.detail};
  };
  for (const AuditedCertificate& each : report.certificates)
    if (each.worth == Worth::Refused) return refusal(each);
  for (const AuditedLedger& each : report.ledgers)
    if (each.worth == Worth::Refused) return refusal(each);
  for (const AuditFinding& each : report.findings)
    if (worth_of(each.kind) == Worth::Refused)
      return refused(Stop::LedgerDamaged, each.path + ": " + std::string(name_of(each.kind)));
  return report;
}

// The furthest line that a ledger has or a certificate follows.
bool take_evidence(LostStick& lost, const AuditReport& report) {
  bool is_known = false;
  const auto reach = [&](std::uint64_t rank, const Sha256Digest& head) {
    is_known = true;
    if (rank <= lost.last_rank) return;
    lost.last_rank = rank;
    lost.head = head;
  };
  for (const AuditedLedger& each : report.ledgers)
    if (each.key == lost.key) reach(each.lines, each.last);
  for (const AuditedCertificate& each : report.certificates)
    if (each.claim && each.claim->key == lost.key) reach(each.claim->place.rank - 1, each.claim->place.previous);
  for (const AuditedCertificate& each : report.certificates)
    if (each.claim && each.claim->key == lost.key && each.claim->place.rank > lost.last_rank)
      lost.vouched.push_back(each.claim->sha256);
  std::ranges::sort(lost.vouched);
  const auto [first, last] = std::ranges::unique(lost.vouched);
  lost.vouched.erase(first, last);
  return is_known;
}

Result<std::string> publish_list(Store& folder, const LostSticks& list, const WorkshopKey& workshop,
                                 std::int64_t now_s) {
  const std::string text = lost_sticks_text(list);
  const Bytes signature = TRY(cms_sign(as_bytes(text), workshop.key, workshop.certificate, now_s));
  TRY(read_lost_sticks(as_bytes(text), signature, workshop.certificate));
  const std::string path = std::string(kLostFolder) + "/" + lost_sticks_file(list.number);
  TRY(folder.publish(path + ".p7s", signature));
  TRY(folder.publish(path, as_bytes(text)));
  return path;
}

}  // namespace

Result<DeclaredLoss> declare_lost(const LossWish& wish, const std::string& passphrase, std::int64_t now_s) {
  const WorkshopKey workshop = TRY(open_workshop_key(wish.workshop_folder, passphrase));
  const std::shared_ptr<Store> folder = TRY(open_folder(wish.workshop_folder));
  LostStick lost = TRY(find_issued(*folder, wish.name));
  if (!wish.witnesses.empty()) {
    const AuditReport report = TRY(hear_witnesses(wish.witnesses, workshop.certificate));
    if (!take_evidence(lost, report)) return refused(Stop::CertificateWrong, "no witness speaks of " + lost.stick);
  } else if (!wish.is_nothing_left) {
    return refused(Stop::Usage, "--witness: a copy of its ledger or its last certificates; or --nothing-left");
  }

  const Revoked before = TRY(read_revoked(*folder, kLostFolder, workshop.certificate));
  LostSticks list = before.newest();
  ++list.number;
  list.issued = iso_time(now_s);
  std::erase_if(list.lost, [&](const LostStick& each) { return each.key == lost.key; });
  list.lost.push_back(lost);
  const std::string file = TRY(publish_list(*folder, list, workshop, now_s));
  return DeclaredLoss{wish.workshop_folder + "/" + file, lost.stick, lost.last_rank, to_hex(lost.head),
                      lost.vouched.size()};
}

}  // namespace relance
