#include <algorithm>

#include "wiper/audit/audit.h"
#include "wiper/audit/bordereau_pdf.h"
#include "wiper/base/iso_time.h"

namespace relance {
namespace {

Error wrong(const std::string& why) { return {Errc::Corrupt, Stop::CertificateWrong, "bordereau: " + why}; }

// The sums are of the machines, and nobody has another fate than what is said of it allows.
bool adds_up(const Bordereau& bordereau) {
  const LotTotals& totals = bordereau.totals;
  const auto count = [&](Fate fate) {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        bordereau.machines, [&](const LotMachine& each) { return each.announced && each.fate == fate; }));
  };
  return totals.certified == count(Fate::Certified) && totals.reserved == count(Fate::Reserved) &&
         totals.failed == count(Fate::Failed) && totals.destroyed == count(Fate::Destroyed) &&
         totals.not_received == count(Fate::NotReceived) && totals.unexplained == count(Fate::Unexplained) &&
         totals.announced == totals.certified + totals.reserved + totals.failed + totals.destroyed +
                                 totals.not_received + totals.unexplained;
}

Result<Bordereau> read_signed(std::span<const std::byte> file, const Trust& trust, std::string& signed_by) {
  const SignedPdf pdf = TRY(read_bordereau_pdf(file));
  const auto& [text, cms, csv] = pdf.attachments;
  const CmsSigner signer = TRY(cms_verify(pdf.covered, pdf.signature, trust.root));
  const CmsSigner inner = TRY(cms_verify(text, cms, trust.root));
  if (inner != signer) return wrong("the page and its data are not signed by the same key at the same time");
  if (!signer.common_name.starts_with(kResponsableBeginning)) return wrong("not signed by a responsable");
  signed_by = signer.common_name;
  Bordereau bordereau = TRY(parse_bordereau(as_text(text)));
  if (bordereau.made != iso_time(signer.signing_time_s)) return wrong("signed at another time than it says");
  if (bordereau.trial && !trust.accept_trials)
    return Error{Errc::Refused, Stop::CertificateDemo, "bordereau: ESSAI: it counts papers that prove nothing"};
  if (!adds_up(bordereau)) return wrong("its sums are not those of its machines");
  const auto is_table = [&](Language language) { return bordereau_csv(bordereau, language) == as_text(csv); };
  if (!is_table(Language::French) && !is_table(Language::English)) return wrong("its table says something else");
  return bordereau;
}

}  // namespace

AuditedBordereau audit_bordereau(const std::string& path, std::span<const std::byte> file, const Trust& trust) {
  AuditedBordereau audited{.path = path};
  std::string signer;
  const Result<Bordereau> bordereau = read_signed(file, trust, signer);
  if (!bordereau.ok()) {
    audited.stop = static_cast<std::uint64_t>(bordereau.error().stop);
    audited.detail = without_controls(bordereau.error().detail);
    return audited;
  }
  const LotTotals& totals = bordereau.value().totals;
  audited.worth = totals.unexplained == 0 && totals.failed == 0 ? Worth::Good : Worth::Reserve;
  audited.lot = bordereau.value().lot;
  audited.signer = signer;
  audited.announced = totals.announced;
  audited.unexplained = totals.unexplained;
  audited.failed = totals.failed;
  return audited;
}

}  // namespace relance
