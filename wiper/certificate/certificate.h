#pragma once
// What is said about one drive of one run, to a stranger, in years. The file is this struct's JSON, signed as it lies.
// A new member: a line here and in fields(), its text in wiper/text; and, since files of earlier editions stay readable, a
// new kCertificateVersion with a row in edition.cpp that says what their silence means.

#include <optional>
#include <string>
#include <vector>

#include "wiper/certificate/stick_time.h"
#include "wiper/journal/evidence.h"

namespace relance {

// A sentence as it was said, with the name under which programs know it.
struct Statement {
  std::string name;
  std::vector<std::string> arguments;
  std::string words;

  static constexpr auto fields() {
    return std::tuple{field("name", &Statement::name), field("arguments", &Statement::arguments),
                      field("words", &Statement::words)};
  }
  bool operator==(const Statement&) const = default;
};

struct CertifiedDrive {
  std::string model;
  std::string serial;
  SerialSource serial_source = SerialSource::None;
  std::string wwn;
  std::string firmware;
  DriveKind kind = DriveKind::Physical;
  Bus bus = Bus::Unknown;
  Medium medium = Medium::Unknown;
  std::uint64_t size_bytes = 0;
  std::uint64_t blocks = 0;
  std::uint64_t logical_block_bytes = 0;
  bool read_through_cache = false;

  static constexpr auto fields() {
    return std::tuple{field("model", &CertifiedDrive::model),
                      field("serial", &CertifiedDrive::serial),
                      field("serial_source", &CertifiedDrive::serial_source),
                      field("wwn", &CertifiedDrive::wwn),
                      field("firmware", &CertifiedDrive::firmware),
                      field("kind", &CertifiedDrive::kind),
                      field("bus", &CertifiedDrive::bus),
                      field("medium", &CertifiedDrive::medium),
                      field("size_bytes", &CertifiedDrive::size_bytes),
                      field("blocks", &CertifiedDrive::blocks),
                      field("logical_block_bytes", &CertifiedDrive::logical_block_bytes),
                      field("read_through_cache", &CertifiedDrive::read_through_cache)};
  }
  bool operator==(const CertifiedDrive&) const = default;
};

// Blocks counted when they were read and compared; percent is rounded down, so that 100 means all.
struct CertifiedReadBack {
  std::uint64_t blocks = 0;  // That should have been read.
  std::uint64_t equal = 0;
  std::uint64_t differing = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t percent_equal = 0;

  static constexpr auto fields() {
    return std::tuple{field("blocks", &CertifiedReadBack::blocks), field("equal", &CertifiedReadBack::equal),
                      field("differing", &CertifiedReadBack::differing),
                      field("unreadable", &CertifiedReadBack::unreadable),
                      field("percent_equal", &CertifiedReadBack::percent_equal)};
  }
  bool operator==(const CertifiedReadBack&) const = default;
};

struct CertifiedPass {
  std::string content;  // "zero", "keyed-1"
  std::string digest;   // Of what determines its bytes; a key appears as its hash only.
  bool finished = false;
  std::uint64_t chunks = 0;
  std::uint64_t chunks_written = 0;  // Acknowledged and flushed.
  std::uint64_t blocks_refused = 0;

  static constexpr auto fields() {
    return std::tuple{field("content", &CertifiedPass::content),
                      field("digest", &CertifiedPass::digest),
                      field("finished", &CertifiedPass::finished),
                      field("chunks", &CertifiedPass::chunks),
                      field("chunks_written", &CertifiedPass::chunks_written),
                      field("blocks_refused", &CertifiedPass::blocks_refused)};
  }
  bool operator==(const CertifiedPass&) const = default;
};

// A command by which the drive was told to erase itself, and what it answered.
struct CertifiedCommand {
  EraseCommand command = EraseCommand::Overwrite;
  EraseOutcome outcome = EraseOutcome::Unproven;
  bool accepted = false;
  bool progress_seen = false;  // Or a status that is another than before.

  static constexpr auto fields() {
    return std::tuple{field("command", &CertifiedCommand::command), field("outcome", &CertifiedCommand::outcome),
                      field("accepted", &CertifiedCommand::accepted),
                      field("progress_seen", &CertifiedCommand::progress_seen)};
  }
  bool operator==(const CertifiedCommand&) const = default;
};

// What the drive did by itself before we wrote the first byte. Its canaries are no part of the read-back, which is of what
// was written afterwards.
struct CertifiedByDrive {
  std::vector<CertifiedCommand> commands;  // As they were sent; the last is the one that was to do it.
  std::optional<Canaries> canaries;        // Nothing: they were not searched.

  static constexpr auto fields() {
    return std::tuple{field("commands", &CertifiedByDrive::commands), field("canaries", &CertifiedByDrive::canaries)};
  }
  bool operator==(const CertifiedByDrive&) const = default;
};

struct CertifiedErase {
  VerdictKind verdict = VerdictKind::Failed;  // Of the erase alone; the certificate's is of the whole run.
  std::string method;                         // Name of the row: "zero"; "none".
  std::string technique;                      // In words.
  std::string level;                          // "Clear", "Purge", or "none" if nothing may be claimed (NIST SP 800-88).
  Verify verify = Verify::Full;               // What was asked; read_back says what was done.
  std::vector<CertifiedPass> passes;
  CertifiedReadBack read_back;
  std::optional<CertifiedByDrive> by_drive;  // Nothing: it was told nothing.

  static constexpr auto fields() {
    return std::tuple{field("verdict", &CertifiedErase::verdict),     field("method", &CertifiedErase::method),
                      field("technique", &CertifiedErase::technique), field("level", &CertifiedErase::level),
                      field("verify", &CertifiedErase::verify),       field("passes", &CertifiedErase::passes),
                      field("read_back", &CertifiedErase::read_back), field("by_drive", &CertifiedErase::by_drive)};
  }
  bool operator==(const CertifiedErase&) const = default;
};

struct CertifiedImage {
  std::string name;
  std::string manifest_sha256;
  bool finished = false;  // Written to its end, finishing touches included.
  bool proven = false;    // And every block of it read back and found equal.
  CertifiedReadBack read_back;
  std::string statement_sha256;  // Of the erase statement that lies in it; empty: none.

  static constexpr auto fields() {
    return std::tuple{
        field("name", &CertifiedImage::name),           field("manifest_sha256", &CertifiedImage::manifest_sha256),
        field("finished", &CertifiedImage::finished),   field("proven", &CertifiedImage::proven),
        field("read_back", &CertifiedImage::read_back), field("statement_sha256", &CertifiedImage::statement_sha256)};
  }
  bool operator==(const CertifiedImage&) const = default;
};

// A deployed system's start before the PC left. Where a system was installed, one of the three is always said.
enum class TrialState : std::uint8_t { NotDone, Awaited, Done };
template <>
struct EnumNames<TrialState> {
  static constexpr std::array<std::string_view, 3> names{"not-done", "awaited", "done"};
};
struct CertifiedTrial {
  TrialState state = TrialState::NotDone;
  std::vector<TrialCheck> checks;  // As the system wrote them down.

  static constexpr auto fields() {
    return std::tuple{field("state", &CertifiedTrial::state), field("checks", &CertifiedTrial::checks)};
  }
  bool operator==(const CertifiedTrial&) const = default;
};

// An earlier certificate of the same run, which this one takes the place of.
struct CertifiedEarlier {
  std::string file;
  std::string sha256;

  static constexpr auto fields() {
    return std::tuple{field("file", &CertifiedEarlier::file), field("sha256", &CertifiedEarlier::sha256)};
  }
  bool operator==(const CertifiedEarlier&) const = default;
};

// Who is named on the paper, as the workshop's profile says it; empty: « non renseigné ».
struct CertifiedParties {
  std::string workshop;
  std::string operator_name;  // A pseudonym will do.
  std::string donor;
  std::string lot;

  static constexpr auto fields() {
    return std::tuple{field("workshop", &CertifiedParties::workshop),
                      field("operator", &CertifiedParties::operator_name), field("donor", &CertifiedParties::donor),
                      field("lot", &CertifiedParties::lot)};
  }
  bool operator==(const CertifiedParties&) const = default;
};

struct CertifiedInterruption {  // A kill or a power cut, noticed when the run went on.
  std::string noticed;          // PC clock.
  std::uint64_t step = 0;
  std::string content;  // What was being written or compared.

  static constexpr auto fields() {
    return std::tuple{field("noticed", &CertifiedInterruption::noticed), field("step", &CertifiedInterruption::step),
                      field("content", &CertifiedInterruption::content)};
  }
  bool operator==(const CertifiedInterruption&) const = default;
};

// ISO 8601, UTC. Only `certificate` is the stick's; the others are the PC's clock as it was read.
struct CertifiedTimes {
  std::string certificate;
  TimeSource source = TimeSource::PcClock;
  std::string pc_clock;
  std::string started;
  std::string ended;
  std::uint64_t elapsed_s = 0;  // From start to end, interruptions included; 0 if the PC's clock ran backwards.

  static constexpr auto fields() {
    return std::tuple{field("certificate", &CertifiedTimes::certificate),
                      field("source", &CertifiedTimes::source),
                      field("pc_clock", &CertifiedTimes::pc_clock),
                      field("started", &CertifiedTimes::started),
                      field("ended", &CertifiedTimes::ended),
                      field("elapsed_s", &CertifiedTimes::elapsed_s)};
  }
  bool operator==(const CertifiedTimes&) const = default;
};

struct CertifiedJournal {  // Which record on the stick this was made from.
  std::string file;
  std::string sha256;

  static constexpr auto fields() {
    return std::tuple{field("file", &CertifiedJournal::file), field("sha256", &CertifiedJournal::sha256)};
  }
  bool operator==(const CertifiedJournal&) const = default;
};

// Its line in the stick's ledger (wiper/ledger), which holds the hash of this file. Whoever keeps a certificate can witness
// that the lines before it are what they were.
struct CertifiedLedger {
  std::string file;  // "REGISTRE/registre-07.txt"
  std::uint64_t rank = 0;
  std::array<std::byte, 32> previous{};  // SHA-256 of the line before.
  std::uint64_t begun = 0;               // Rank of the DEBUT that this is the end of.
  std::array<std::byte, 16> salt{};      // Of the hashes in that DEBUT.

  static constexpr auto fields() {
    return std::tuple{field("file", &CertifiedLedger::file), field("rank", &CertifiedLedger::rank),
                      field("previous", &CertifiedLedger::previous), field("begun", &CertifiedLedger::begun),
                      field("salt", &CertifiedLedger::salt)};
  }
  bool operator==(const CertifiedLedger&) const = default;
};

inline constexpr std::string_view kCertificateFormat = "relance-certificate";
inline constexpr std::uint64_t kCertificateVersion = 5;  // The edition that we write.
inline constexpr std::string_view kTrialMark = "ESSAI";  // In title and file name of whatever is not a physical drive.

struct Certificate {
  std::string format{kCertificateFormat};
  std::uint64_t version = kCertificateVersion;  // Its edition (edition.cpp): the second called itself 1 in its text.
  std::string title;
  std::string number;  // The machine's label; empty if none was given.
  VerdictKind verdict = VerdictKind::Failed;
  std::vector<Statement> reasons;     // The first one decides.
  std::vector<Statement> statements;  // What else must be said: "disque NON effacé", read through the cache…
  CertifiedDrive drive;
  CertifiedErase erase;
  std::vector<BadRange> bad_ranges;
  std::vector<CertifiedInterruption> interruptions;
  std::optional<CertifiedImage> image;
  std::optional<CertifiedTrial> trial;       // Nothing: no system was installed.
  std::uint64_t rank = 1;                    // Among the certificates of this run.
  std::optional<CertifiedEarlier> replaces;  // Of rank 1.
  CertifiedParties parties;
  MachineFacts machine;
  CertifiedTimes times;
  std::string software;  // Version of the program that made the certificate.
  CertifiedJournal journal;
  std::optional<CertifiedLedger> ledger;  // Nothing: of an edition before there was one.
  std::array<std::byte, 16> alea{};  // Random: the file's hash in a public ledger must not reveal a serial by guessing.

  static constexpr auto fields() {
    return std::tuple{field("format", &Certificate::format),
                      field("version", &Certificate::version),
                      field("title", &Certificate::title),
                      field("number", &Certificate::number),
                      field("verdict", &Certificate::verdict),
                      field("reasons", &Certificate::reasons),
                      field("statements", &Certificate::statements),
                      field("drive", &Certificate::drive),
                      field("erase", &Certificate::erase),
                      field("bad_ranges", &Certificate::bad_ranges),
                      field("interruptions", &Certificate::interruptions),
                      field("image", &Certificate::image),
                      field("trial", &Certificate::trial),
                      field("rank", &Certificate::rank),
                      field("replaces", &Certificate::replaces),
                      field("parties", &Certificate::parties),
                      field("machine", &Certificate::machine),
                      field("times", &Certificate::times),
                      field("software", &Certificate::software),
                      field("journal", &Certificate::journal),
                      field("ledger", &Certificate::ledger),
                      field("alea", &Certificate::alea)};
  }
  bool operator==(const Certificate&) const = default;

  bool is_trial() const { return drive.kind != DriveKind::Physical; }
  bool knows_trial_starts() const { return version > 1; }  // Else it has nothing to say of them.
  bool knows_ledger() const { return version > 3; }
};

// What the journal does not know.
struct CertificateRequest {
  StickTime time;
  std::int64_t pc_clock_s = 0;
  std::array<std::byte, 16> alea{};
  std::string journal_file;
  std::optional<CertifiedLedger> ledger;
  CertifiedParties parties;
  Language language = Language::French;
};

// Pure. A run that failed or was cut short gets a certificate too: it says so in verdict, title and file name.
Certificate make_certificate(const Evidence& evidence, const CertificateRequest& request);

// The erase part alone. Pure, like the words of a sentence.
CertifiedErase certified_erase(const Evidence& evidence, Language language);
Statement stated(Language language, const Phrase& phrase);

// The bytes that are signed and published: JSON with two spaces of indent, UTF-8, a newline at the end.
std::string certificate_text(const Certificate& certificate);
// The same bytes only, of this edition or an earlier one: text that spells it otherwise, says more than its edition knew or
// less than it had to say, is Corrupt (Stop::CertificateWrong), so that nothing in a checked file stays unread.
Result<Certificate> parse_certificate(std::string_view text);

}  // namespace relance
