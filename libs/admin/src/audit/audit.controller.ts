import { Controller } from '@nestjs/common';
import type { InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import { auditOperations, type AuditPage, type AuditVerdict } from '../../contract/index.js';
import { Audit } from './audit.js';

@Controller()
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Operation(auditOperations.findAudit)
  findAudit(query: InputOf<typeof auditOperations.findAudit>): Promise<AuditPage> {
    return this.audit.find(query);
  }

  @Operation(auditOperations.verifyAudit)
  verifyAudit(): Promise<AuditVerdict> {
    return this.audit.verify();
  }
}
