#pragma once
// What may be claimed: Evidence is the fold of a journal that was read back, and the verdict is a pure function of it.
// Claims add up blocks read and found equal; nothing is ever "all minus failures".

#include "wiper/journal/job_state.h"
#include "wiper/journal/journal.h"

namespace relance {

// NotErased: deployed on demand without an erase; the paper says so in its title.
enum class VerdictKind : std::uint8_t { Erased, ErasedWithReserve, Failed, Interrupted, NotErased };
template <>
struct EnumNames<VerdictKind> {
  static constexpr std::array<std::string_view, 5> names{"EFFACE", "EFFACE_AVEC_RESERVE", "ECHEC", "INTERROMPU",
                                                         "NON_EFFACE"};
};

struct Verdict {
  VerdictKind kind = VerdictKind::Failed;
  std::vector<Phrase> reasons;  // The first one decides.
  static constexpr auto fields() {
    return std::tuple{field("kind", &Verdict::kind), field("reasons", &Verdict::reasons)};
  }
  bool operator==(const Verdict&) const = default;
};

struct BadRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::string during;  // "write" or "read"; a block that was read and differs is "read".
  static constexpr auto fields() {
    return std::tuple{field("first", &BadRange::first), field("count", &BadRange::count),
                      field("during", &BadRange::during)};
  }
  bool operator==(const BadRange&) const = default;
};

// What became of the blocks that were written before a drive erased itself. Counted, each, when it was read.
struct Canaries {
  std::uint64_t planned = 0;
  std::uint64_t placed = 0;  // Written, and read back as they were written.
  std::uint64_t gone = 0;    // Of these: read after the drive's erase, and different.
  std::uint64_t kept = 0;    // Read, and still there.
  std::uint64_t unread = 0;  // Not gone: nobody knows.
  // Of the equal parts that the drive is looked at by (content/sample.h).
  std::uint64_t sections = 0;         // With a canary that was placed.
  std::uint64_t unread_sections = 0;  // With one that is unread.
  static constexpr auto fields() {
    return std::tuple{field("planned", &Canaries::planned),
                      field("placed", &Canaries::placed),
                      field("gone", &Canaries::gone),
                      field("kept", &Canaries::kept),
                      field("unread", &Canaries::unread),
                      field("sections", &Canaries::sections),
                      field("unread_sections", &Canaries::unread_sections)};
  }
  bool operator==(const Canaries&) const = default;
};

// Sealed: made by evidence_of() from the lines of one drive of one run.
class Evidence {
 public:
  const JobState& state() const { return state_; }
  const Plan& plan() const { return state_.started->plan; }

  // Not refused by the last erase write, and after it read and equal; up to the geometry of the plan.
  const ExtentSet& proven_erased() const { return proven_erased_; }
  const ExtentSet& proven_zero() const { return proven_zero_; }  // Of these, the ones read back as 0x00.
  const ExtentSet& not_written() const { return not_written_; }  // Refused in the last erase pass.
  // Of what came before the last erase pass: refused, not read, or read and different. Not of the numbered blocks.
  const ExtentSet& earlier_bad() const { return earlier_bad_; }
  const ExtentSet& wrapped() const { return wrapped_; }  // Numbered blocks that read back as others.
  const ExtentSet& not_read() const { return not_read_; }
  const ExtentSet& differing() const { return differing_; }
  std::vector<BadRange> bad_ranges() const;  // Of all steps; sorted, merged for each `during`.

  // Of a drive's own erases, as they were sent; those that came to their end.
  const std::vector<EraseProof>& drive_erases() const { return drive_erases_; }
  // The last of them.
  const EraseProof* by_drive() const { return drive_erases_.empty() ? nullptr : &drive_erases_.back(); }
  const std::optional<Canaries>& canaries() const { return canaries_; }  // Once they were searched.
  // Its start was seen, it ended well, each canary that was planned was there before and is gone, nothing is hidden, and all
  // was read back afterwards.
  bool is_erased_by_drive() const;

  bool erase_finished() const { return erase_finished_; }    // Every erase write ended complete.
  bool image_finished() const { return image_finished_; }    // Every image and finish step ended well.
  bool image_read_back() const { return image_read_back_; }  // And every block of it was read and found equal.
  // The system in place is to be started once, and nobody has collected what it tried.
  bool awaits_trial() const { return plan().wants_trial() && image_finished_ && !state_.trial; }
  const ExtentSet& image_differing() const {
    return image_differing_;
  }  // Of image and finish, unreadable ones included.
  const std::string& journal_sha256() const { return journal_sha256_; }

 private:
  friend Result<Evidence> evidence_of(const JournalText& text, std::string_view drive);
  void judge_erase();
  void judge_before(std::size_t last_write);
  void judge_image();
  void judge_canaries();
  JobState state_;
  ExtentSet proven_erased_;
  ExtentSet proven_zero_;
  ExtentSet not_written_;
  ExtentSet earlier_bad_;
  ExtentSet wrapped_;
  ExtentSet not_read_;
  ExtentSet differing_;
  std::vector<EraseProof> drive_erases_;
  std::optional<Canaries> canaries_;
  bool erase_finished_ = false;
  bool image_finished_ = false;
  bool image_read_back_ = false;
  ExtentSet image_differing_;
  std::string journal_sha256_;
};

// Corrupt: no run of that drive starts in the journal.
Result<Evidence> evidence_of(const JournalText& text, std::string_view drive);

// Of the erase alone: what Require asks, and what the image is told. Of a run that goes on.
Verdict erase_verdict(const Evidence& evidence);
// Of the whole run: what the certificate says.
Verdict final_verdict(const Evidence& evidence);
// DESIGN.md §5: ECHEC and INTERROMPU block deployment, RESERVE does unless the policy names all its reasons.
bool allows_deployment(const Verdict& verdict, std::span<const Sentence> reserves_allowed);

}  // namespace relance
