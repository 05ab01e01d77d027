// SPDX-License-Identifier: GPL-3.0-or-later
#include "savereport.h"

#include "base/literals.h"

#include <QFileDialog>
#include <QFileInfo>

#include <utility>

namespace Mailgauge::Gui {

namespace {

QString suffixOf(Delivery::ReportFormat format)
{
    switch (format) {
    case Delivery::ReportFormat::Text:
        return u"txt"_s;
    case Delivery::ReportFormat::Html:
        return u"html"_s;
    case Delivery::ReportFormat::Json:
        return u"json"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

QString reportFileName(const QString &name, Delivery::ReportFormat format)
{
    return name + u'.' + suffixOf(format);
}

QString chainFileName(const QString &server)
{
    QString name;
    for (const QChar c : server.left(100))
        name += c.isLetterOrNumber() || c == u'-' || c == u'.' ? c : u'_';
    return name.isEmpty() || name.startsWith(u'.') ? u"certificates.pem"_s : name + u".pem"_s;
}

void askWhereToSave(QWidget *parent, const QString &title, const QString &name, QObject *context,
    std::function<void(const QString &path)> save, const QString &filter)
{
    const QString suffix = QFileInfo(name).suffix();
    auto *dialog = new QFileDialog(
        parent, title, QString(), filter.isEmpty() ? u"*."_s + suffix : filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->selectFile(name);
    QObject::connect(dialog, &QFileDialog::fileSelected, context, std::move(save));
    dialog->open();
}

} // namespace Mailgauge::Gui
