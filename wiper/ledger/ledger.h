#pragma once
// Writing the ledger of a stick: REGISTRE/registre-07.txt and .bis, appended to, never replaced. A line counts once both
// files have it and it was read back from both. A file that was damaged is left alone and the other goes on; taken away, it
// is written anew.

#include <atomic>
#include <functional>
#include <memory>

#include "wiper/base/executor.h"
#include "wiper/ledger/ledger_text.h"
#include "wiper/stick/store.h"

namespace relance {

// Where the next line will stand.
struct LedgerPlace {
  std::uint64_t rank = 0;
  Sha256Digest previous{};
  const std::vector<LedgerLine>& lines;  // All before it.
  bool follows_ours = false;             // The line before it is the one that was added here last: nobody came between.
};

struct LedgerWish {
  LedgerKind kind = LedgerKind::Boot;
  Value entry;
  std::int64_t time_s = 0;  // The stick's; never before the line above.
  bool ask_again = false;   // Once it is added, for the line behind it.
  bool adds = true;         // False: what was to be said is said already.
};

class Ledger {
 public:
  // `file` without its ending: ledger_file().
  Ledger(std::shared_ptr<Store> store, Executor& executor, std::string file)
      : store_(std::move(store)), executor_(executor), file_(std::move(file)) {}

  // Both copies are brought to the same lines, then `make` is asked what stands at the place that is next, then that line is
  // added; the last line is given back. One caller at a time, others wait. LedgerDamaged: none is whole, they contradict each other, or
  // are not of this key.
  // A line whose append failed may stand all the same: its DEBUT has then begun nothing.
  using Make = std::function<Result<LedgerWish>(const LedgerPlace&)>;
  Result<LedgerLine> append(const SigningKey& signer, const Make& make);

  // What the stick holds: of the copy that goes further. Empty: no ledger yet.
  Result<std::vector<LedgerLine>> read();
  std::string path() const { return file_ + ".txt"; }

 private:
  struct Copies;
  Result<Copies> read_copies();
  Result<void> catch_up(Copies& copies);
  Result<LedgerLine> append_alone(const SigningKey& signer, const Make& make);
  Result<void> extend(Copies& copies, std::size_t file, std::string text);

  const std::shared_ptr<Store> store_;
  Executor& executor_;
  const std::string file_;
  std::atomic<bool> is_busy_{false};  // One of its callers is at the stick.
  Sha256Digest ours_{};               // Hash of the last line that was added here, unless something failed since.
};

// "REGISTRE/registre-07" of "stick-07@Atelier".
std::string ledger_file(const KeyCertificate& stick);

// The first line, of a ledger that has none; nothing is added to one that has.
Result<void> put_in_service(Ledger& ledger, const SigningKey& signer, std::int64_t time_s);

}  // namespace relance
