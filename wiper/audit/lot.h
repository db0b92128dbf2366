#pragma once
// What became of a donor's machines: the list that was announced, held against the certificates of all sticks. Each announced
// machine has one fate, and those that have none are counted as unexplained; nothing is left out of the sum.

#include "wiper/audit/lot_list.h"
#include "wiper/certificate/certificate.h"

namespace relance {

enum class Fate : std::uint8_t {
  Certified,    // Every drive of it that has a paper: EFFACE.
  Reserved,     // One of them is with reserve.
  Failed,       // One of them is not erased, and nobody says that it was destroyed.
  Destroyed,    // Attested by hand: the list says by whom.
  NotReceived,  // No paper; the list says why.
  Unexplained,  // No paper, no word.
};
template <>
struct EnumNames<Fate> {
  static constexpr std::array<std::string_view, 6> names{"certified", "reserved",     "failed",
                                                         "destroyed", "not-received", "unexplained"};
};

struct LotDrive {
  std::string model;
  std::string serial;
  VerdictKind verdict = VerdictKind::Failed;
  std::string image;        // The system that was installed, and read back; empty: none.
  std::string time;         // Of the certificate.
  std::string certificate;  // Its file's name.
  std::string sha256;
  static constexpr auto fields() {
    return std::tuple{field("model", &LotDrive::model),     field("serial", &LotDrive::serial),
                      field("verdict", &LotDrive::verdict), field("image", &LotDrive::image),
                      field("time", &LotDrive::time),       field("certificate", &LotDrive::certificate),
                      field("sha256", &LotDrive::sha256)};
  }
  bool operator==(const LotDrive&) const = default;
};

struct LotMachine {
  bool announced = true;  // False: certified under this lot, and on no list.
  Fate fate = Fate::Unexplained;
  std::string number;
  std::string tag;
  std::string serial;
  std::string maker;
  std::string model;
  std::optional<std::uint64_t> year;
  std::string destroyed;
  std::string note;
  std::vector<LotDrive> drives;  // The last word on each.
  static constexpr auto fields() {
    return std::tuple{field("announced", &LotMachine::announced), field("fate", &LotMachine::fate),
                      field("number", &LotMachine::number),       field("tag", &LotMachine::tag),
                      field("serial", &LotMachine::serial),       field("maker", &LotMachine::maker),
                      field("model", &LotMachine::model),         field("year", &LotMachine::year),
                      field("destroyed", &LotMachine::destroyed), field("note", &LotMachine::note),
                      field("drives", &LotMachine::drives)};
  }
  bool operator==(const LotMachine&) const = default;
};

// Of the announced machines, but for the last two.
struct LotTotals {
  std::uint64_t announced = 0;
  std::uint64_t received = 0;  // With a paper, or destroyed here.
  std::uint64_t certified = 0;
  std::uint64_t reserved = 0;
  std::uint64_t failed = 0;
  std::uint64_t destroyed = 0;
  std::uint64_t not_received = 0;
  std::uint64_t unexplained = 0;
  std::uint64_t not_announced = 0;
  std::uint64_t reused = 0;       // With a system installed and read back: announced or not.
  std::uint64_t year_known = 0;   // Of these the year of making is known,
  std::uint64_t under_ten = 0;    // and is less than ten years before the bordereau's.
  std::uint64_t co2_kg_year = 0;  // Avoided for each year that the reused ones go on: kCo2KgPerYear each.
  static constexpr auto fields() {
    return std::tuple{field("announced", &LotTotals::announced),
                      field("received", &LotTotals::received),
                      field("certified", &LotTotals::certified),
                      field("reserved", &LotTotals::reserved),
                      field("failed", &LotTotals::failed),
                      field("destroyed", &LotTotals::destroyed),
                      field("not_received", &LotTotals::not_received),
                      field("unexplained", &LotTotals::unexplained),
                      field("not_announced", &LotTotals::not_announced),
                      field("reused", &LotTotals::reused),
                      field("year_known", &LotTotals::year_known),
                      field("under_ten", &LotTotals::under_ten),
                      field("co2_kg_year", &LotTotals::co2_kg_year)};
  }
  bool operator==(const LotTotals&) const = default;
};

// ADEME, per laptop and year of longer use.
inline constexpr std::uint64_t kCo2KgPerYear = 27;

inline constexpr std::string_view kBordereauFormat = "relance-bordereau";

struct Bordereau {
  std::string format{kBordereauFormat};
  std::uint64_t version = 1;
  std::string lot;
  std::string donor;
  std::string workshop;
  std::string made;    // ISO 8601, UTC.
  bool trial = false;  // ESSAI: it counts papers that prove nothing.
  LotTotals totals;
  std::vector<LotMachine> machines;  // As announced, then the others by number.
  std::string software;
  static constexpr auto fields() {
    return std::tuple{field("format", &Bordereau::format),     field("version", &Bordereau::version),
                      field("lot", &Bordereau::lot),           field("donor", &Bordereau::donor),
                      field("workshop", &Bordereau::workshop), field("made", &Bordereau::made),
                      field("trial", &Bordereau::trial),       field("totals", &Bordereau::totals),
                      field("machines", &Bordereau::machines), field("software", &Bordereau::software)};
  }
  bool operator==(const Bordereau&) const = default;
};

// An authentic certificate: what wiper/audit refused is none.
struct Paper {
  std::string file;  // Its name.
  std::string sha256;
  Certificate certificate;
};

struct LotRequest {
  std::string lot;
  std::string made;
};
// Pure. A certificate belongs to the machine with its number, or with its machine's serial, or whose tag is its number; one
// of this lot that belongs to none is a machine that nobody announced. Donor and workshop are what the certificates say.
Bordereau reconcile(const LotRequest& request, const std::vector<AnnouncedMachine>& announced,
                    const std::vector<Paper>& papers);

// One line a drive, one at least a machine, for a spreadsheet or GLPI's data injection.
std::string bordereau_csv(const Bordereau& bordereau, Language language);

}  // namespace relance
