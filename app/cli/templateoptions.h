// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// `--template` and `--template-data`: tokens in the envelope, the lines by hand and the message.

#include "options.h"

#include "mime/template.h"
#include "smtp/mailbox.h"

namespace Mailgauge::Cli {

[[nodiscard]] QList<OptionSpec> templateOptions();

/// None where it is not asked for. Beside the file's values stand date, isoDate, uuid and version.
[[nodiscard]] Checked<std::optional<Mime::TemplateValues>> templateFrom(const Options &options);

/// The options with the tokens of `--from`, `--to` and `--command` filled in.
[[nodiscard]] Checked<Options> fillEnvelope(
    const Options &options, const Mime::TemplateValues &values);

/// Fills in what a message is made of; leaves all as it is where there are no values.
class MessageFiller {
public:
    explicit MessageFiller(std::optional<Mime::TemplateValues> values);

    /// What from, to, heloName and messageId stand for.
    void setEnvelope(
        const Smtp::Envelope &envelope, const QByteArray &heloName, const QByteArray &messageId);
    [[nodiscard]] bool isActive() const { return m_values.has_value(); }
    /// `what` names the place for who has to mend it.
    [[nodiscard]] Checked<QString> fill(
        const QString &text, Mime::TemplateContext context, const QString &what) const;
    /// A whole message: its header section and its body, in UTF-8.
    [[nodiscard]] Checked<QByteArray> fillRaw(const QByteArray &message) const;

private:
    std::optional<Mime::TemplateValues> m_values;
};

} // namespace Mailgauge::Cli
