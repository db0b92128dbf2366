#include "wiper/certificate/pdf_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "wiper/text/utf8.h"

namespace relance {
namespace {

constexpr std::string_view kHead = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
constexpr std::string_view kRange = "/ByteRange[0 ";
constexpr std::string_view kContents = "]/Contents<";
constexpr std::string_view kBehindContents = ">>>\nendobj\nxref\n";
constexpr std::size_t kDigits = 10;  // Of each number in /ByteRange.
constexpr std::size_t kNumbers = 3 * kDigits + 2;

enum Object : unsigned {
  kAttachment = 1,
  kFilespec = 4,
  kCatalog = 7,
  kPages,
  kPage,
  kOperators,
  kMetadata,
  kProfile,
  kFont,  // Of each face: font, descriptor, file.
  kInfo = kFont + 3 * 3,
  kAppearance,
  kWidget,
  kSignature,
};

std::string to(unsigned object) { return std::to_string(object) + " 0 R"; }

std::string padded(std::size_t value) {
  std::string digits = std::to_string(value);
  return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits;
}

// "2026-11-18T11:06:40Z" → "D:20261118110640Z".
std::string pdf_time(std::string iso) {
  std::erase_if(iso, [](char letter) { return letter == '-' || letter == ':' || letter == 'T'; });
  return "(D:" + iso + ")";
}

// Text of any language, as a hex string of UTF-16.
std::string pdf_text(std::string_view utf8) {
  Bytes bytes = {std::byte{0xFE}, std::byte{0xFF}};
  const auto put = [&](std::uint32_t unit) {
    bytes.push_back(static_cast<std::byte>(unit >> 8));
    bytes.push_back(static_cast<std::byte>(unit));
  };
  for (const char32_t letter : from_utf8(utf8)) {
    if (letter < 0x10000) {
      put(letter);
    } else {
      put(0xD800 + ((letter - 0x10000) >> 10));
      put(0xDC00 + ((letter - 0x10000) & 0x3FF));
    }
  }
  return "<" + to_hex(bytes) + ">";
}

std::string xml_text(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '&')
      escaped += "&amp;";
    else if (letter == '<')
      escaped += "&lt;";
    else if (letter == '>')
      escaped += "&gt;";
    else
      escaped += letter;
  }
  return escaped;
}

// Says the same as the Info dictionary: PDF/A wants both to agree.
std::string metadata(const PdfRequest& request) {
  return "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
         "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
         "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
         " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\""
         " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">"
         "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
         "<dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">" +
         xml_text(request.title) + "</rdf:li></rdf:Alt></dc:title><xmp:CreateDate>" + request.iso_time +
         "</xmp:CreateDate><xmp:ModifyDate>" + request.iso_time + "</xmp:ModifyDate><pdf:Producer>" +
         xml_text(request.producer) +
         "</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>\n";
}

class Writer {
 public:
  Writer() { put(kHead); }

  // Objects come in the order of their numbers.
  void object(unsigned number, std::string_view body) {
    start(number);
    put(body);
    put("\nendobj\n");
  }
  void stream(unsigned number, std::string_view entries, std::span<const std::byte> bytes) {
    start(number);
    put(std::string("<<") + std::string(entries) + "/Length " + std::to_string(bytes.size()) + ">>stream\n");
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    put("\nendstream\nendobj\n");
  }
  void stream(unsigned number, std::string_view entries, std::string_view text) {
    stream(number, entries, as_bytes(text));
  }
  void deflated(unsigned number, const std::string& entries, const Deflated& file) {
    stream(number, entries + "/Filter/FlateDecode", std::as_bytes(file.bytes));
  }
  // The table of what lies where, and the end.
  Bytes finish(const PdfRequest& request) {
    const std::size_t table = bytes_.size();
    put("xref\n0 " + std::to_string(places_.size() + 1) + "\n0000000000 65535 f \n");
    for (const std::size_t place : places_) put(padded(place) + " 00000 n \n");
    const std::string id = "<" + to_hex(request.file_id) + ">";
    put("trailer\n<</Size " + std::to_string(places_.size() + 1) + "/Root " + to(kCatalog) + "/Info " + to(kInfo) +
        "/ID[" + id + id + "]>>\nstartxref\n" + std::to_string(table) + "\n%%EOF\n");
    return std::move(bytes_);
  }

 private:
  void put(std::string_view text) {
    const std::span<const std::byte> bytes = as_bytes(text);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void start(unsigned number) {
    places_.push_back(bytes_.size());
    require(number == places_.size(), "PDF objects are written in the order of their numbers");
    put(std::to_string(number) + " 0 obj\n");
  }
  Bytes bytes_;
  std::vector<std::size_t> places_;
};

std::string entries_of(const Attachment& attachment, std::string_view time) {
  std::string type(attachment.type);
  type.replace(type.find('/'), 1, "#2F");
  return "/Type/EmbeddedFile/Subtype/" + type + "/Params<</Size " + std::to_string(attachment.bytes.size()) +
         "/ModDate" + std::string(time) + ">>";
}

void write_attachments(Writer& writer, const Attachments& attachments, const std::string& time) {
  for (unsigned i = 0; i < attachments.size(); ++i)
    writer.stream(kAttachment + i, entries_of(attachments[i], time), attachments[i].bytes);
  for (unsigned i = 0; i < attachments.size(); ++i) {
    const std::string name = "(" + std::string(attachments[i].name) + ")";
    const std::string file = to(kAttachment + i);
    writer.object(kFilespec + i, "<</Type/Filespec/F" + name + "/UF" + name + "/Desc" + name + "/AFRelationship/" +
                                     std::string(attachments[i].relationship) + "/EF<</F " + file + "/UF " + file +
                                     ">>>>");
  }
}

void write_catalog(Writer& writer, const PdfRequest& request, const Attachments& attachments) {
  std::string files;
  std::string names;
  for (unsigned i = 0; i < attachments.size(); ++i) {
    files += (i == 0 ? "" : " ") + to(kFilespec + i);
    names += "(" + std::string(attachments[i].name) + ")" + to(kFilespec + i);
  }
  writer.object(kCatalog, "<</Type/Catalog/Pages " + to(kPages) + "/Lang(" + request.language + ")/Metadata " +
                              to(kMetadata) + "/ViewerPreferences<</DisplayDocTitle true>>/AF[" + files +
                              "]/Names<</EmbeddedFiles<</Names[" + names +
                              "]>>>>/OutputIntents[<</Type/OutputIntent/S" +
                              "/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB)/DestOutputProfile " +
                              to(kProfile) + ">>]/AcroForm<</Fields[" + to(kWidget) + "]/SigFlags 3>>>>");
  writer.object(kPages, "<</Type/Pages/Count 1/Kids[" + to(kPage) + "]>>");
  std::string fonts;
  for (unsigned face = 0; face < 3; ++face) fonts += "/F" + std::to_string(face) + " " + to(kFont + 3 * face);
  writer.object(kPage, "<</Type/Page/Parent " + to(kPages) + "/MediaBox[0 0 595.28 841.89]/Resources<</Font<<" + fonts +
                           ">>>>/Contents " + to(kOperators) + "/Annots[" + to(kWidget) + "]>>");
}

void write_font(Writer& writer, unsigned number, const EmbeddedFont& font) {
  constexpr int kNonSymbolic = 32;
  std::string widths;
  for (const std::uint16_t width : font.widths) widths += (widths.empty() ? "" : " ") + std::to_string(width);
  std::string box;
  for (const int side : font.box) box += (box.empty() ? "" : " ") + std::to_string(side);
  const std::string name(font.name);
  writer.object(number, "<</Type/Font/Subtype/TrueType/BaseFont/" + name + "/Encoding/WinAnsiEncoding/FirstChar " +
                            std::to_string(kFirstCode) + "/LastChar 255/Widths[" + widths + "]/FontDescriptor " +
                            to(number + 1) + ">>");
  writer.object(number + 1, "<</Type/FontDescriptor/FontName/" + name + "/Flags " + std::to_string(kNonSymbolic) +
                                "/FontBBox[" + box + "]/ItalicAngle 0/Ascent " + std::to_string(font.ascent) +
                                "/Descent " + std::to_string(font.descent) + "/CapHeight " +
                                std::to_string(font.capital) + "/StemV 80/FontFile2 " + to(number + 2) + ">>");
  writer.deflated(number + 2, "/Length1 " + std::to_string(font.file.plain_size), font.file);
}

// In points, from the page's lower left corner; whole ones are exact enough for a box.
std::string rectangle(const Box& box) {
  const Hundredths bottom = kPageHeight - box.y - box.height;
  std::string text;
  for (const Hundredths side : {box.x, bottom, box.x + box.width, bottom + box.height})
    text += (text.empty() ? "" : " ") + std::to_string(side / 100);
  return "[" + text + "]";
}

void write_signature(Writer& writer, const PdfRequest& request, const std::string& time) {
  const Box& box = request.signature_box;
  writer.stream(kAppearance,
                "/Type/XObject/Subtype/Form/BBox[0 0 " + std::to_string(box.width / 100) + " " +
                    std::to_string(box.height / 100) + "]/Resources<<>>",
                std::string_view());
  constexpr int kPrintedAndLocked = 4 + 128;
  writer.object(kWidget, "<</Type/Annot/Subtype/Widget/FT/Sig/T(signature)/V " + to(kSignature) + "/P " + to(kPage) +
                             "/F " + std::to_string(kPrintedAndLocked) + "/Rect" + rectangle(box) + "/AP<</N " +
                             to(kAppearance) + ">>>>");
  const std::string no_number(kDigits, '0');
  writer.object(kSignature, "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/M" + time + "/Name" +
                                pdf_text(request.signer) + std::string(kRange) + no_number + " " + no_number + " " +
                                no_number + std::string(kContents) + std::string(2 * kSignatureRoom, '0') + ">>>");
}

Error wrong(std::string why) { return {Errc::Corrupt, Stop::CertificateWrong, "PDF: " + std::move(why)}; }

// Where the hex string lies: from its '<' to behind its '>'.
struct Gap {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::string range_of(Gap gap, std::size_t size) {
  return padded(gap.begin) + " " + padded(gap.end) + " " + padded(size - gap.end);
}

std::optional<Gap> find_gap(std::string_view text) {
  // The last one: behind it only our own table follows. An attached text may hold the words, too.
  const auto at = text.rfind(kRange);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t begin = at + kRange.size() + kNumbers + kContents.size() - 1;
  const Gap gap{begin, begin + 2 + 2 * kSignatureRoom};
  const bool fits = gap.end < text.size() && text.substr(begin + 1 - kContents.size(), kContents.size()) == kContents &&
                    text.substr(gap.end - 1, kBehindContents.size()) == kBehindContents;
  return fits ? std::optional(gap) : std::nullopt;
}

// The size that a DER value says it has, header included; 0 for none.
std::size_t der_size(std::span<const std::byte> bytes) {
  const auto at = [&](std::size_t i) { return std::to_integer<std::size_t>(bytes[i]); };
  if (at(0) != 0x30) return 0;
  if (at(1) < 0x80) return 2 + at(1);
  if (at(1) == 0x81) return 3 + at(2);
  return at(1) == 0x82 ? 4 + (at(2) << 8 | at(3)) : 0;
}

// An attachment as write_attachments() wrote it, at the front of `text`, which is then cut off.
std::optional<Bytes> take_attachment(std::string_view& text, unsigned number, const Attachment& expected) {
  constexpr std::string_view kLength = "/Length ";
  const std::string head = std::to_string(number) + " 0 obj\n<<";
  const auto stream = text.find("stream\n");
  if (!text.starts_with(head) || stream == std::string_view::npos) return std::nullopt;
  const std::string_view entries = text.substr(head.size(), stream - head.size());
  const auto length = entries.rfind(kLength);
  const auto date = entries.find("/ModDate");
  if (length == std::string_view::npos || date == std::string_view::npos) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = length + kLength.size(); i < entries.size() && entries[i] >= '0' && entries[i] <= '9'; ++i) {
    if (size > text.size()) return std::nullopt;
    size = size * 10 + static_cast<std::size_t>(entries[i] - '0');
  }
  const std::string_view body = text.substr(stream + 7);
  if (size > body.size()) return std::nullopt;
  const std::string_view time = entries.substr(date + 8, std::string_view("(D:20261118110640Z)").size());
  const std::span<const std::byte> bytes = as_bytes(body.substr(0, size));
  const Attachment found{expected.name, expected.type, expected.relationship, bytes};
  // Written again, it must be the same.
  if (entries != entries_of(found, time) + "/Length " + std::to_string(size) + ">>") return std::nullopt;
  constexpr std::string_view kEnd = "\nendstream\nendobj\n";
  if (!body.substr(size).starts_with(kEnd)) return std::nullopt;
  text = body.substr(size + kEnd.size());
  return Bytes(bytes.begin(), bytes.end());
}

}  // namespace

Bytes unsigned_pdf(const PdfRequest& request, const PdfCanvas& page, const Attachments& attachments) {
  const std::string time = pdf_time(request.iso_time);
  Writer writer;
  write_attachments(writer, attachments, time);
  write_catalog(writer, request, attachments);
  writer.stream(kOperators, "", page.operators());
  writer.stream(kMetadata, "/Type/Metadata/Subtype/XML", metadata(request));
  writer.deflated(kProfile, "/N 3", kSrgbProfile);
  for (unsigned face = 0; face < 3; ++face) write_font(writer, kFont + 3 * face, font_of(static_cast<Face>(face)));
  writer.object(kInfo, "<</Title" + pdf_text(request.title) + "/Producer" + pdf_text(request.producer) +
                           "/CreationDate" + time + "/ModDate" + time + ">>");
  write_signature(writer, request, time);
  Bytes file = writer.finish(request);
  const std::optional<Gap> gap = find_gap(as_text(file));
  require(gap.has_value(), "a PDF of ours has room for its signature");
  const std::string range = range_of(*gap, file.size());
  std::ranges::copy(as_bytes(range),
                    file.begin() + static_cast<std::ptrdiff_t>(gap->begin + 1 - kContents.size() - kNumbers));
  return file;
}

Result<SignedPdf> read_pdf(std::span<const std::byte> file, const Attachments& expected) {
  std::string_view text = as_text(file);
  const std::optional<Gap> gap = find_gap(text);
  if (!text.starts_with(kHead) || !gap) return wrong("not laid out as ours");
  if (text.substr(gap->begin + 1 - kContents.size() - kNumbers, kNumbers) != range_of(*gap, file.size()))
    return wrong("its signature does not cover the whole file");
  SignedPdf pdf;
  const std::span<const std::byte> front = file.first(gap->begin);
  const std::span<const std::byte> rest = file.subspan(gap->end);
  pdf.covered.assign(front.begin(), front.end());
  pdf.covered.insert(pdf.covered.end(), rest.begin(), rest.end());

  const Bytes room = TRY(from_hex(text.substr(gap->begin + 1, 2 * kSignatureRoom)));
  const std::size_t size = der_size(room);
  const auto padding = room.begin() + static_cast<std::ptrdiff_t>(std::min(size, room.size()));
  if (size > room.size() || std::any_of(padding, room.end(), [](std::byte each) { return each != std::byte{0}; }))
    return wrong("something stands behind its signature");
  pdf.signature.assign(room.begin(), padding);

  text.remove_prefix(kHead.size());
  for (unsigned i = 0; i < expected.size(); ++i) {
    std::optional<Bytes> attachment = take_attachment(text, kAttachment + i, expected[i]);
    if (!attachment) return wrong("an attachment is not where it should be");
    pdf.attachments[i] = *std::move(attachment);
  }
  return pdf;
}

Result<Bytes> with_signature(Bytes unsigned_file, std::span<const std::byte> signature) {
  const std::optional<Gap> gap = find_gap(as_text(unsigned_file));
  if (!gap || signature.size() > kSignatureRoom)
    return Error{Errc::Invalid, Stop::Internal, "PDF: no room for its signature"};
  const std::string hex = to_hex(signature);
  std::ranges::copy(as_bytes(hex), unsigned_file.begin() + static_cast<std::ptrdiff_t>(gap->begin + 1));
  return unsigned_file;
}

}  // namespace relance
