#include "wiper/audit/lot.h"

#include <algorithm>
#include <map>

#include "wiper/base/plain_text.h"
#include "wiper/base/version.h"
#include "wiper/text/paper.h"

namespace relance {
namespace {

constexpr std::uint64_t kYoung = 10;  // Years: what a public donor's quota counts.

// "s62 anj-0" and "S62ANJ0" were typed by two people.
std::string normal(const std::string& name) {
  std::string normal;
  for (const char c : name) {
    if (c >= 'a' && c <= 'z')
      normal += static_cast<char>(c - 'a' + 'A');
    else if (c != ' ' && c != '-' && c != '.')
      normal += c;
  }
  return normal;
}

bool is_of(const LotMachine& machine, const Certificate& certificate) {
  const auto are_same = [](const std::string& one, const std::string& other) {
    return !one.empty() && normal(one) == normal(other);
  };
  if (!machine.number.empty() && !certificate.number.empty()) return are_same(machine.number, certificate.number);
  return are_same(machine.serial, certificate.machine.serial) || are_same(machine.tag, certificate.number);
}

bool is_erased(VerdictKind verdict) {
  return verdict == VerdictKind::Erased || verdict == VerdictKind::ErasedWithReserve;
}

LotDrive drive_of(const Paper& paper) {
  const Certificate& certificate = paper.certificate;
  const bool is_installed =
      certificate.image && certificate.image->finished && certificate.image->proven && is_erased(certificate.verdict);
  return {.model = certificate.drive.model,
          .serial = certificate.drive.serial,
          .verdict = certificate.verdict,
          .image = is_installed ? certificate.image->name : "",
          .time = certificate.times.certificate,
          .certificate = paper.file,
          .sha256 = paper.sha256};
}

// The last word on a drive counts: an erase after a failed one, a trial's result. Of two in one second, the worse.
void add_drive(LotMachine& machine, const Paper& paper) {
  const LotDrive drive = drive_of(paper);
  const auto same = std::ranges::find_if(machine.drives, [&](const LotDrive& each) {
    return each.serial == drive.serial && each.model == drive.model && !drive.serial.empty();
  });
  if (same == machine.drives.end())
    machine.drives.push_back(drive);
  else if (same->time < drive.time ||
           (same->time == drive.time && is_erased(same->verdict) && !is_erased(drive.verdict)))
    *same = drive;
  if (machine.maker.empty()) machine.maker = paper.certificate.machine.maker;
  if (machine.model.empty()) machine.model = paper.certificate.machine.product;
  if (machine.serial.empty()) machine.serial = paper.certificate.machine.serial;
  if (machine.number.empty()) machine.number = paper.certificate.number;
}

Fate fate_of(const LotMachine& machine) {
  const auto is = [](VerdictKind kind) { return [kind](const LotDrive& each) { return each.verdict == kind; }; };
  if (!machine.destroyed.empty()) return Fate::Destroyed;
  if (machine.drives.empty()) return machine.note.empty() ? Fate::Unexplained : Fate::NotReceived;
  if (std::ranges::all_of(machine.drives, is(VerdictKind::Erased))) return Fate::Certified;
  const auto erased = [](const LotDrive& each) { return is_erased(each.verdict); };
  return std::ranges::all_of(machine.drives, erased) ? Fate::Reserved : Fate::Failed;
}

LotTotals totals_of(const std::vector<LotMachine>& machines, std::uint64_t this_year) {
  LotTotals totals;
  const auto count = [&](Fate fate) {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(machines, [&](const LotMachine& each) { return each.announced && each.fate == fate; }));
  };
  totals.certified = count(Fate::Certified);
  totals.reserved = count(Fate::Reserved);
  totals.failed = count(Fate::Failed);
  totals.destroyed = count(Fate::Destroyed);
  totals.not_received = count(Fate::NotReceived);
  totals.unexplained = count(Fate::Unexplained);
  for (const LotMachine& each : machines) {
    ++(each.announced ? totals.announced : totals.not_announced);
    const bool is_reused =
        std::ranges::any_of(each.drives, [](const LotDrive& drive) { return !drive.image.empty(); }) &&
        (each.fate == Fate::Certified || each.fate == Fate::Reserved);
    if (!is_reused) continue;
    ++totals.reused;
    if (!each.year) continue;
    ++totals.year_known;
    if (*each.year + kYoung > this_year) ++totals.under_ten;
  }
  totals.received = totals.announced - totals.not_received - totals.unexplained;
  totals.co2_kg_year = totals.reused * kCo2KgPerYear;
  return totals;
}

void take_said(std::string& known, const std::string& said) {
  if (known.empty()) known = said;
}

PaperWord words_of(Fate fate) {
  constexpr PaperWord kWords[] = {PaperWord::FateCertified, PaperWord::FateReserved,    PaperWord::FateFailed,
                                  PaperWord::FateDestroyed, PaperWord::FateNotReceived, PaperWord::FateUnexplained};
  return kWords[static_cast<std::size_t>(fate)];
}

}  // namespace

Bordereau reconcile(const LotRequest& request, const std::vector<AnnouncedMachine>& announced,
                    const std::vector<Paper>& papers) {
  Bordereau bordereau{.lot = request.lot, .made = request.made, .software = std::string(version())};
  for (const AnnouncedMachine& each : announced)
    bordereau.machines.push_back({.number = each.number,
                                  .tag = each.tag,
                                  .serial = each.serial,
                                  .model = each.model,
                                  .year = each.year,
                                  .destroyed = each.destroyed,
                                  .note = each.note});
  std::map<std::string, LotMachine> others;
  for (const Paper& paper : papers) {
    const Certificate& certificate = paper.certificate;
    const auto found =
        std::ranges::find_if(bordereau.machines, [&](const LotMachine& each) { return is_of(each, certificate); });
    const bool is_ours = found != bordereau.machines.end() || certificate.parties.lot == request.lot;
    if (!is_ours) continue;
    bordereau.trial = bordereau.trial || certificate.is_trial();
    take_said(bordereau.donor, certificate.parties.donor);
    take_said(bordereau.workshop, certificate.parties.workshop);
    LotMachine& machine = found != bordereau.machines.end()
                              ? *found
                              : others[certificate.number.empty() ? certificate.machine.serial : certificate.number];
    add_drive(machine, paper);
  }
  for (auto& [name, machine] : others) {
    machine.announced = false;
    bordereau.machines.push_back(std::move(machine));
  }
  for (LotMachine& machine : bordereau.machines) machine.fate = fate_of(machine);
  const auto year = whole_number<std::uint64_t>(std::string_view(request.made).substr(0, 4));
  bordereau.totals = totals_of(bordereau.machines, year.value_or(0));
  return bordereau;
}

std::string bordereau_csv(const Bordereau& bordereau, Language language) {
  const auto word = [&](PaperWord name) { return say(language, name); };
  std::string csv = "\xEF\xBB\xBF";  // Or a spreadsheet takes it for another encoding.
  csv += csv_line({word(PaperWord::Number), word(PaperWord::Serial), word(PaperWord::Tag), word(PaperWord::Maker),
                   word(PaperWord::Model), word(PaperWord::Year), word(PaperWord::FateIs), word(PaperWord::DriveModel),
                   word(PaperWord::DriveSerial), word(PaperWord::VerdictIs), word(PaperWord::Image),
                   word(PaperWord::CertifiedOn), word(PaperWord::CertificateFile), "SHA-256", word(PaperWord::Note)});
  for (const LotMachine& machine : bordereau.machines) {
    const std::vector<LotDrive> none(1);
    for (const LotDrive& drive : machine.drives.empty() ? none : machine.drives) {
      const std::string note = machine.destroyed.empty() ? machine.note : machine.destroyed;
      csv += csv_line({machine.number, machine.serial, machine.tag, machine.maker, machine.model,
                       machine.year ? std::to_string(*machine.year) : "", word(words_of(machine.fate)), drive.model,
                       drive.serial, machine.drives.empty() ? "" : std::string(name_of(drive.verdict)), drive.image,
                       drive.time, drive.certificate, drive.sha256, note});
    }
  }
  return csv;
}

}  // namespace relance
