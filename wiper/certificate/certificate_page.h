#pragma once
// The page that a donor frames: what the certificate says, in words, on one A4 sheet. Whatever does not fit says so and
// points to certificat.json, which is attached whole.

#include "wiper/certificate/certificate.h"
#include "wiper/certificate/pdf_canvas.h"

namespace relance {

// What the certificate does not know of itself.
struct PageRequest {
  Language language = Language::French;
  std::string signer;            // Common name.
  std::string text_sha256;       // Of certificat.json: 64 hex digits.
  std::string root_fingerprint;  // Of the workshop's root: 64 hex digits, or empty.
  std::vector<std::string> qr;   // Rows of '#' and ' '; may be empty.
};

// Where the signature shows in a viewer.
inline constexpr Box kSignatureBox{54.00_pt, 676.00_pt, 350.00_pt, 104.00_pt};

PdfCanvas certificate_page(const Certificate& certificate, const PageRequest& request);

}  // namespace relance
