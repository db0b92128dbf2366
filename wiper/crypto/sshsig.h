#pragma once
// Signatures that OpenSSH checks (PROTOCOL.sshsig): what a stranger has on Windows, macOS and Linux without installing
// anything: `ssh-keygen -Y verify -f allowed_signers -I stick-07@atelier -n NAMESPACE -s F.sig < F`.

#include "wiper/crypto/signature.h"

namespace relance {

// "-----BEGIN SSH SIGNATURE-----" …: over the SHA-256 of the bytes, lines of 70 characters as ssh-keygen writes them.
std::string sshsig_sign(std::span<const std::byte> bytes, std::string_view name_space, const PrivateKey& key,
                        const KeyCertificate& certificate);

// By exactly this key, for exactly this name space, in exactly the spelling of sshsig_sign().
// SignatureWrong: anything else (Errc::Corrupt where it is no such signature, Errc::Refused where it does not fit the bytes).
Result<void> sshsig_verify(std::span<const std::byte> bytes, std::string_view signature, std::string_view name_space,
                           const PublicPoint& signer);

// Under which name ssh-keygen asks for the key: the common name, with '-' where allowed_signers would read a pattern.
std::string ssh_principal(const KeyCertificate& certificate);
// A line of allowed_signers, with its newline.
std::string allowed_signer(const KeyCertificate& certificate, std::string_view name_space);

}  // namespace relance
