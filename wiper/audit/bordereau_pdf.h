#pragma once
// A lot's report as one signed page: its sums, what needs an explanation, and the whole of it attached.

#include "wiper/audit/lot.h"
#include "wiper/certificate/certificate_pdf.h"
#include "wiper/text/paper.h"

namespace relance {

// Files of a lot's report are named so: "BORDEREAU_2026-11-MAIRIE.pdf", .json, .json.p7s, .csv.
inline constexpr std::string_view kBordereauBeginning = "BORDEREAU_";
bool is_bordereau(const std::string& path);

std::string bordereau_text(const Bordereau& bordereau);
// The same bytes only. Corrupt (CertificateWrong).
Result<Bordereau> parse_bordereau(std::string_view text);

// bordereau.json with its signature, and the table.
struct SignedBordereau {
  std::string text;
  Bytes cms;
  std::string csv;
};

PdfCanvas bordereau_page(const Bordereau& bordereau, const std::string& signer, const PaperWish& wish);
Result<Bytes> bordereau_pdf(const Bordereau& bordereau, const SignedBordereau& contents, const PaperWish& wish,
                            std::int64_t signing_time_s, const SigningKey& signer);
// What is inside, its layout checked to the last byte; whether its signatures hold is asked by audit().
Result<SignedPdf> read_bordereau_pdf(std::span<const std::byte> file);

}  // namespace relance
