// The only file that includes qrcodegen.

#include "wiper/certificate/qr_code.h"

#include <qrcodegen/qrcodegen.hpp>

namespace relance {

Result<std::vector<std::string>> qr_code(std::string_view text, std::string_view digits) {
  using qrcodegen::QrCode;
  using qrcodegen::QrSegment;
  try {
    const std::vector<QrSegment> segments = {QrSegment::makeBytes(std::vector<std::uint8_t>(text.begin(), text.end())),
                                             QrSegment::makeNumeric(std::string(digits).c_str())};
    const QrCode code = QrCode::encodeSegments(segments, QrCode::Ecc::MEDIUM);
    std::vector<std::string> rows;
    for (int y = 0; y < code.getSize(); ++y) {
      std::string& row = rows.emplace_back();
      for (int x = 0; x < code.getSize(); ++x) row += code.getModule(x, y) ? '#' : ' ';
    }
    return rows;
  } catch (const std::length_error& error) {
    return Error{Errc::Invalid, Stop::Internal, std::string("QR code: ") + error.what()};
  }
}

}  // namespace relance
