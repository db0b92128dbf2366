#include <algorithm>

#include "wiper/audit/bordereau_pdf.h"
#include "wiper/certificate/page_words.h"
#include "wiper/text/paper.h"

namespace relance {
namespace {

constexpr Colour kInk{0x1C, 0x25, 0x2E};
constexpr Colour kMuted{0x5C, 0x68, 0x74};
constexpr Colour kRule{0xC8, 0xD0, 0xD6};
constexpr Colour kWhite{0xFF, 0xFF, 0xFF};
constexpr Colour kWatermark{0xEA, 0xEA, 0xEA};
constexpr Colour kCalm{0x17, 0x5E, 0x3C};
constexpr Colour kAlarm{0x9B, 0x1C, 0x1C};
constexpr Hundredths kLeft = 54_pt;
constexpr Hundredths kRight = kPageWidth - 54_pt;
constexpr Hundredths kWidth = kRight - kLeft;
constexpr Hundredths kRow = 14.2_pt;
constexpr Hundredths kFoot = 684_pt;
constexpr std::size_t kFiguresInRow = 4;

class BordereauPage {
 public:
  BordereauPage(const Bordereau& bordereau, const std::string& signer, const PaperWish& wish)
      : bordereau_(bordereau),
        signer_(signer),
        wish_(wish),
        accent_(bordereau.totals.unexplained == 0 ? kCalm : kAlarm) {}

  PdfCanvas draw() {
    if (bordereau_.trial)
      canvas_.slanted({kPageWidth / 2, kPageHeight / 2 + 60_pt}, {Face::Bold, 150_pt, kWatermark}, kTrialMark);
    head();
    banner();
    sums();
    reuse();
    others();
    foot();
    return std::move(canvas_);
  }

 private:
  std::string word(PaperWord name, const std::vector<std::string>& arguments = {}) const {
    return say(wish_.language, name, arguments);
  }

  std::string title() const {
    return (bordereau_.trial ? std::string(kTrialMark) + " – " : "") + word(PaperWord::BordereauTitle);
  }

  void head() {
    canvas_.frame({20_pt, 20_pt, kPageWidth - 40_pt, kPageHeight - 40_pt}, 1.6_pt, accent_);
    canvas_.frame({24_pt, 24_pt, kPageWidth - 48_pt, kPageHeight - 48_pt}, 0.4_pt, accent_);
    const Type name{Face::Bold, 11.5_pt, kInk};
    const std::string workshop = bordereau_.workshop.empty() ? "Relance" : bordereau_.workshop;
    canvas_.text({kLeft, 58_pt}, name, wrapped(name, workshop, kWidth / 2, 1).front());
    const Type lot{Face::Mono, 12.5_pt, kInk};
    canvas_.text({kRight, 58_pt}, lot, wrapped(lot, bordereau_.lot, kWidth / 2, 1).front(), Align::Right);
    canvas_.line({{kLeft, 67_pt}, {kRight, 67_pt}}, 0.5_pt, kRule);
    canvas_.text({kPageWidth / 2, 107_pt}, {Face::Bold, 27_pt, accent_}, title(), Align::Centre);
    canvas_.text({kPageWidth / 2, 126_pt}, {Face::Regular, 9.5_pt, kMuted}, word(PaperWord::BordereauIs),
                 Align::Centre);
    const Type donor{Face::Bold, 12_pt, kInk};
    const std::string said = bordereau_.donor.empty() ? say(wish_.language, Sentence::NotStated) : bordereau_.donor;
    canvas_.text({kPageWidth / 2, 146_pt}, donor,
                 wrapped(donor, word(PaperWord::Donor) + " : " + said, kWidth, 1).front(), Align::Centre);
  }

  // What a donor looks for first: that nothing is left in the dark.
  void banner() {
    const bool is_calm = bordereau_.totals.unexplained == 0;
    const Box box{kLeft, 160_pt, kWidth, 46_pt};
    if (is_calm) canvas_.fill(box, accent_);
    canvas_.frame(box, 1.6_pt, accent_);
    const std::string words = is_calm ? word(PaperWord::AllExplained)
                                      : word(PaperWord::SomeUnexplained, {grouped(bordereau_.totals.unexplained)});
    canvas_.text({kPageWidth / 2, 191_pt}, {Face::Bold, 22_pt, is_calm ? kWhite : accent_}, words, Align::Centre);
    y_ = 206_pt;
  }

  void heading(PaperWord name) {
    y_ += 26_pt;
    canvas_.text({kLeft, y_}, {Face::Bold, 10.5_pt, accent_}, word(name));
    canvas_.line({{kLeft, y_ + 4.5_pt}, {kRight, y_ + 4.5_pt}}, 0.5_pt, kRule);
    y_ += 4.5_pt;
  }

  void sums() {
    struct Figure {
      std::uint64_t count;
      PaperWord words;
    };
    const LotTotals& totals = bordereau_.totals;
    const Figure figures[] = {
        {totals.announced, PaperWord::Announced},      {totals.received, PaperWord::Received},
        {totals.certified, PaperWord::Certified},      {totals.reserved, PaperWord::Reserved},
        {totals.failed, PaperWord::NotErased},         {totals.destroyed, PaperWord::Destroyed},
        {totals.not_received, PaperWord::NotReceived}, {totals.unexplained, PaperWord::Unexplained}};
    heading(PaperWord::TheSum);
    const auto column = kWidth / static_cast<Hundredths>(kFiguresInRow);
    for (std::size_t i = 0; i < std::size(figures); ++i) {
      if (i % kFiguresInRow == 0) y_ += i == 0 ? 30_pt : 44_pt;
      const Hundredths x = kLeft + column * static_cast<Hundredths>(i % kFiguresInRow) + column / 2;
      canvas_.text({x, y_}, {Face::Bold, 22_pt, kInk}, grouped(figures[i].count), Align::Centre);
      canvas_.text({x, y_ + 13_pt}, {Face::Regular, 8.5_pt, kMuted}, word(figures[i].words), Align::Centre);
    }
    y_ += 16_pt;
    if (totals.not_announced > 0) row(word(PaperWord::NotAnnounced), grouped(totals.not_announced));
  }

  void row(const std::string& label, const std::string& value) {
    const Type type{Face::Regular, 9.2_pt, kInk};
    y_ += kRow;
    canvas_.text({kLeft, y_}, {Face::Regular, 8_pt, kMuted}, label);
    canvas_.text({kLeft + 110_pt, y_}, type, wrapped(type, value, kWidth - 110_pt, 1).front());
  }

  void reuse() {
    const LotTotals& totals = bordereau_.totals;
    heading(PaperWord::TheReuse);
    row(word(PaperWord::Reused), grouped(totals.reused));
    row(word(PaperWord::UnderTen),
        word(PaperWord::UnderTenOf, {grouped(totals.under_ten), grouped(totals.year_known)}));
    row(word(PaperWord::Co2), word(PaperWord::Co2Is, {grouped(totals.co2_kg_year)}));
    const Type small{Face::Regular, 8_pt, kMuted};
    canvas_.text({kLeft + 110_pt, y_ += 11_pt}, small,
                 wrapped(small, word(PaperWord::Co2Source), kWidth - 110_pt, 1).front());
  }

  static PaperWord fate_words(Fate fate) {
    constexpr PaperWord kWords[] = {PaperWord::FateCertified, PaperWord::FateReserved,    PaperWord::FateFailed,
                                    PaperWord::FateDestroyed, PaperWord::FateNotReceived, PaperWord::FateUnexplained};
    return kWords[static_cast<std::size_t>(fate)];
  }

  void others() {
    heading(PaperWord::TheOthers);
    std::vector<const LotMachine*> list;
    for (const LotMachine& each : bordereau_.machines)
      if (each.fate != Fate::Certified || !each.announced) list.push_back(&each);
    // The gravest first, then as the list has them: pointers into one vector.
    std::ranges::sort(list, std::less<>{}, [](const LotMachine* each) { return std::pair(rank(*each), each); });
    const Type type{Face::Regular, 9_pt, kInk};
    if (list.empty()) {
      canvas_.text({kLeft, y_ += kRow}, type, word(PaperWord::AllCertified));
      return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      const bool is_last_line = y_ + 2 * kRow >= kFoot - 8_pt;
      y_ += kRow;
      if (is_last_line && i + 1 < list.size()) {
        canvas_.text({kLeft, y_}, type, word(PaperWord::AndOthers, {std::to_string(list.size() - i)}));
        return;
      }
      machine(*list[i]);
    }
  }
  static int rank(const LotMachine& machine) {
    if (machine.fate == Fate::Unexplained) return 0;
    if (machine.fate == Fate::Failed) return 1;
    return machine.announced ? 2 : 3;
  }

  void machine(const LotMachine& machine) {
    const Type mono{Face::Mono, 8.4_pt, kInk};
    const Type type{Face::Regular, 9_pt, kInk};
    const std::string& name = machine.number.empty() ? machine.tag : machine.number;
    canvas_.text({kLeft, y_}, mono, wrapped(mono, name.empty() ? "-" : name, 100_pt, 1).front());
    canvas_.text({kLeft + 106_pt, y_}, mono,
                 wrapped(mono, machine.serial.empty() ? "-" : machine.serial, 110_pt, 1).front());
    std::string said = word(fate_words(machine.fate));
    const std::string& why = machine.destroyed.empty() ? machine.note : machine.destroyed;
    if (!why.empty()) said += " : " + why;
    if (!machine.announced) said += ", " + word(PaperWord::NotAnnounced);
    canvas_.text({kLeft + 222_pt, y_}, type, wrapped(type, said, kWidth - 222_pt, 1).front());
  }

  void foot() {
    canvas_.line({{kLeft, kFoot}, {kRight, kFoot}}, 0.5_pt, kRule);
    canvas_.text({kLeft, 700_pt}, {Face::Bold, 10.5_pt, accent_}, word(PaperWord::ToCheck));
    const Type type{Face::Regular, 8_pt, kInk};
    const Type mono{Face::Mono, 7.4_pt, kInk};
    Hundredths y = 702_pt;
    const auto line = [&](const std::string& words) {
      canvas_.text({kLeft, y += 10.6_pt}, type, wrapped(type, words, kWidth, 1).front());
    };
    line(word(PaperWord::SignedBy, {signer_, moment_words(wish_.language, bordereau_.made)}));
    line(word(PaperWord::CheckSignature));
    if (!wish_.root_fingerprint.empty()) {
      line(word(PaperWord::CheckRoot));
      canvas_.text({kLeft, y += 10_pt}, mono, hex_groups(wish_.root_fingerprint.substr(0, 32), 4));
    }
    line(word(PaperWord::BordereauData));
    line(word(PaperWord::BordereauHash));
    canvas_.text({kLeft, y += 10_pt}, mono, to_hex(sha256(as_bytes(bordereau_text(bordereau_)))));
    const Type small{Face::Regular, 6.8_pt, kMuted};
    canvas_.line({{kLeft, 792_pt}, {kRight, 792_pt}}, 0.5_pt, kRule);
    canvas_.text({kPageWidth / 2, 803_pt}, small, wrapped(small, word(PaperWord::BordereauFoot), kWidth, 1).front(),
                 Align::Centre);
  }

  const Bordereau& bordereau_;
  const std::string& signer_;
  const PaperWish& wish_;
  const Colour accent_;
  PdfCanvas canvas_;
  Hundredths y_ = 0;
};

}  // namespace

PdfCanvas bordereau_page(const Bordereau& bordereau, const std::string& signer, const PaperWish& wish) {
  return BordereauPage(bordereau, signer, wish).draw();
}

}  // namespace relance
