#pragma once
// A PDF of one page with files attached and one signature over all of its bytes: PDF 1.7, PDF/A-3 as far as we can say
// (veraPDF is not in Debian; its rules are followed, not proven).
//
//   %PDF-1.7, a line of high bytes
//   objects 1, 2, 3      the attachments as they are, so that a checker finds them without understanding PDF
//   other objects        catalog, metadata, fonts, page
//   the last object      the signature: /ByteRange[0 a b c]/Contents<hex>; [0, a) and [b, b + c) are all but the hex string
//   xref, trailer, %%EOF

#include <array>
#include <span>
#include <string>

#include "wiper/base/bytes.h"
#include "wiper/certificate/pdf_canvas.h"

namespace relance {

struct Attachment {
  std::string_view name;
  std::string_view type;          // "application/json"
  std::string_view relationship;  // Of PDF/A-3: "Source", "Supplement".
  std::span<const std::byte> bytes;
};
using Attachments = std::array<Attachment, 3>;

struct PdfRequest {
  std::string title;
  std::string language;  // "fr"
  std::string iso_time;  // "2026-11-18T11:06:40Z"
  std::string signer;    // Common name.
  std::string producer;
  std::array<std::byte, 16> file_id{};
  Box signature_box;  // Where a viewer shows that there is one.
};

// The room for a signature, in bytes: ours have 1.1 kB; a timestamp of a qualified authority fits beside it later.
inline constexpr std::size_t kSignatureRoom = 6 * 1024;

// All of the file, its signature's room full of zeros.
Bytes unsigned_pdf(const PdfRequest& request, const PdfCanvas& page, const Attachments& attachments);

// What a signature covers. Corrupt (Stop::CertificateWrong): not laid out as above, to the last byte.
struct SignedPdf {
  std::array<Bytes, 3> attachments;
  Bytes covered;    // All but the hex string.
  Bytes signature;  // DER; empty while there is none.
};
Result<SignedPdf> read_pdf(std::span<const std::byte> file, const Attachments& expected);

// Puts the signature into its room. Invalid: too long.
Result<Bytes> with_signature(Bytes unsigned_file, std::span<const std::byte> signature);

}  // namespace relance
