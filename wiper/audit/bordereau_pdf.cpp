#include "wiper/audit/bordereau_pdf.h"

#include <algorithm>

#include "wiper/base/version.h"
#include "wiper/crypto/cms.h"
#include "wiper/stick/paths.h"

namespace relance {
namespace {

constexpr Box kSignatureBox{54.00_pt, 690.00_pt, 487.00_pt, 96.00_pt};

Attachments attachments_of(std::span<const std::byte> text, std::span<const std::byte> cms,
                           std::span<const std::byte> csv) {
  return {Attachment{"bordereau.json", "application/json", "Source", text},
          Attachment{"bordereau.json.p7s", "application/pkcs7-signature", "Supplement", cms},
          Attachment{"bordereau.csv", "text/csv", "Supplement", csv}};
}

}  // namespace

bool is_bordereau(const std::string& path) { return last_part(path).starts_with(kBordereauBeginning); }

std::string bordereau_text(const Bordereau& bordereau) { return to_json_pretty(to_value(bordereau)); }

Result<Bordereau> parse_bordereau(std::string_view text) {
  const Value tree = TRY(parse_json(text));
  Bordereau bordereau = TRY(from_value<Bordereau>(tree));
  if (bordereau.format != kBordereauFormat || bordereau.version != 1 || bordereau_text(bordereau) != text)
    return Error{Errc::Corrupt, Stop::CertificateWrong, "bordereau: spelled otherwise than ours"};
  return bordereau;
}

Result<Bytes> bordereau_pdf(const Bordereau& bordereau, const SignedBordereau& contents, const PaperWish& wish,
                            std::int64_t signing_time_s, const SigningKey& signer) {
  const std::string signed_by = signer.certificate.common_name();
  const PdfCanvas page = bordereau_page(bordereau, signed_by, wish);
  PdfRequest request{.title = say(wish.language, PaperWord::BordereauTitle) + " – " + bordereau.lot,
                     .language = std::string(name_of(wish.language)),
                     .iso_time = bordereau.made,
                     .signer = signed_by,
                     .producer = "Relance " + std::string(version()),
                     .file_id = {},
                     .signature_box = kSignatureBox};
  const Sha256Digest digest = sha256(as_bytes(contents.text));
  std::copy_n(digest.begin(), request.file_id.size(), request.file_id.begin());
  const Attachments attachments = attachments_of(as_bytes(contents.text), contents.cms, as_bytes(contents.csv));
  Bytes file = unsigned_pdf(request, page, attachments);
  const SignedPdf read = TRY(read_pdf(file, attachments));
  const Bytes signature = TRY(cms_sign(read.covered, signer.key, signer.certificate, signing_time_s));
  return with_signature(std::move(file), signature);
}

Result<SignedPdf> read_bordereau_pdf(std::span<const std::byte> file) {
  return read_pdf(file, attachments_of({}, {}, {}));
}

}  // namespace relance
