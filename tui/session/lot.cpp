#include "tui/session/lot.h"

#include <set>

#include "tui/session/bench.h"
#include "tui/session/stick_key.h"
#include "wiper/audit/bordereau_pdf.h"
#include "wiper/audit/gather.h"
#include "wiper/base/iso_time.h"
#include "wiper/stick/paths.h"

namespace relance {
namespace {

// What is authentic among the certificates, each once: a page and its data are one paper.
struct Papers {
  std::vector<Paper> good;
  std::vector<std::string> refused;
};

Result<Papers> collect(const LotWish& wish, const KeyCertificate& root) {
  const std::vector<std::string> files = TRY(gather(wish.paths));
  const AuditReport report =
      audit(files, read_audited, root, {.accept_trials = wish.accept_trials, .witnesses = {}, .heads = {}});
  Papers papers;
  std::set<std::string> seen;
  for (const AuditedCertificate& each : report.certificates) {
    if (each.worth == Worth::Refused) papers.refused.push_back(each.path);
    if (!each.verdict) continue;
    const Bytes file = TRY(read_audited(each.path));
    Bytes text = file;
    if (each.path.ends_with(kPdfEnding)) {
      SignedPdf pdf = TRY(read_certificate_pdf(file));
      text = std::move(pdf.attachments[0]);
    }
    const std::string hash = to_hex(sha256(text));
    if (!seen.insert(hash).second) continue;
    Certificate certificate = TRY(parse_certificate(as_text(text)));
    papers.good.push_back({std::string(last_part(each.path)), hash, std::move(certificate)});
  }
  return papers;
}

}  // namespace

Result<MadeBordereau> make_bordereau(const LotWish& wish, const std::string& passphrase, std::int64_t now_s) {
  const Bytes list = TRY(read_file(wish.list_file));
  const std::vector<AnnouncedMachine> announced = TRY(parse_lot_list(list));
  const KeyCertificate root = TRY(read_root_file(wish.key_folder + "/" + kWorkshopRoot));
  const StickKey key = TRY(open_responsable_key(wish.key_folder, passphrase));
  TRY(check_certified_by(key.certificate, root));
  Papers papers = TRY(collect(wish, root));

  const Bordereau bordereau = reconcile({wish.lot, iso_time(now_s)}, announced, papers.good);
  SignedBordereau contents{
      .text = bordereau_text(bordereau), .cms = {}, .csv = bordereau_csv(bordereau, wish.language)};
  contents.cms = TRY(cms_sign(as_bytes(contents.text), key.key, key.certificate, now_s));
  const PaperWish paper{.language = wish.language, .verify_url = "", .root_fingerprint = to_hex(root.fingerprint())};
  const Bytes page = TRY(bordereau_pdf(bordereau, contents, paper, now_s, key.signer()));

  std::string name = std::string(kBordereauBeginning) + file_name_part(wish.lot);
  if (bordereau.trial) name += "_" + std::string(kTrialMark);
  const std::shared_ptr<Store> out = TRY(open_folder(wish.out_folder));
  if (out->exists(name + ".csv")) return Error{Errc::Refused, Stop::RecordTaken, name + " is there already"};
  TRY(out->publish(name + ".pdf", page));
  TRY(out->publish(name + ".csv", as_bytes(contents.csv)));
  return MadeBordereau{wish.out_folder + "/" + name + ".pdf", bordereau.totals, std::move(papers.refused)};
}

}  // namespace relance
