// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/aboutdialog.h"

#include "base/literals.h"

#include <QDialogButtonBox>
#include <QIcon>
#include <QLabel>
#include <QSysInfo>
#include <QVBoxLayout>

namespace Mailgauge::Shell {

AboutDialog::AboutDialog(QWidget *parent)
    : QDialog(parent)
{
    setWindowTitle(tr("About Mailgauge"));
    auto *icon = new QLabel(this);
    icon->setPixmap(QIcon::fromTheme(u"mail-send"_s).pixmap(64, 64));
    auto *name = new QLabel(u"Mailgauge %1"_s.arg(QLatin1StringView(MAILGAUGE_VERSION)), this);
    QFont large = name->font();
    large.setPointSizeF(large.pointSizeF() * 1.5);
    large.setBold(true);
    name->setFont(large);
    auto *what = new QLabel(
        tr("A workbench for mail delivery: compose a message, send it through a relay, watch the "
           "conversation, and see where every message ended."),
        this);
    what->setWordWrap(true);
    auto *facts = new QLabel(tr("Qt %1 on %2\nLicence: GNU General Public License, version 3 or "
                                "later")
                                 .arg(QLatin1StringView(qVersion()), QSysInfo::prettyProductName()),
        this);
    facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->setContentsMargins(24, 24, 24, 16);
    layout->addWidget(icon);
    layout->addWidget(name);
    layout->addWidget(what);
    layout->addWidget(facts);
    layout->addStretch(1);
    layout->addWidget(buttons);
    setMinimumWidth(420);
}

} // namespace Mailgauge::Shell
